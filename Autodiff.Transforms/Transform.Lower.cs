namespace Autodiff;

/// <summary>The stages of jitted functions, before they are called: see <see cref="LoweredFunction{F}"/>.</summary>
public static partial class Transform
{
    extension<R>(Func<R> jitted)
    {
        /// <summary>
        /// The stages of a jitted function, for arguments like those given, whose values do not matter: <see cref="AbstractArray"/> will do.
        /// The function is traced as if called, and nothing is computed.
        /// </summary>
        /// <exception cref="InvalidArgumentException">The delegate was not made by Jit.</exception>
        public Func<LoweredFunction<Func<R>>> Lower => () => Lowered(jitted, call => call());
    }

    extension<T, R>(Func<T, R> jitted)
    {
        /// <inheritdoc cref="get_Lower{R}(Func{R})"/>
        public Func<T, LoweredFunction<Func<T, R>>> Lower => a => Lowered(jitted, call => call(a));
    }

    extension<T1, T2, R>(Func<T1, T2, R> jitted)
    {
        /// <inheritdoc cref="get_Lower{R}(Func{R})"/>
        public Func<T1, T2, LoweredFunction<Func<T1, T2, R>>> Lower => (a, b) => Lowered(jitted, call => call(a, b));
    }

    extension<T1, T2, T3, R>(Func<T1, T2, T3, R> jitted)
    {
        /// <inheritdoc cref="get_Lower{R}(Func{R})"/>
        public Func<T1, T2, T3, LoweredFunction<Func<T1, T2, T3, R>>> Lower => (a, b, c) => Lowered(jitted, call => call(a, b, c));
    }

    extension<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> jitted)
    {
        /// <inheritdoc cref="get_Lower{R}(Func{R})"/>
        public Func<T1, T2, T3, T4, LoweredFunction<Func<T1, T2, T3, T4, R>>> Lower =>
            (a, b, c, d) => Lowered(jitted, call => call(a, b, c, d));
    }

    extension<T1, T2, T3, T4, T5, R>(Func<T1, T2, T3, T4, T5, R> jitted)
    {
        /// <inheritdoc cref="get_Lower{R}(Func{R})"/>
        public Func<T1, T2, T3, T4, T5, LoweredFunction<Func<T1, T2, T3, T4, T5, R>>> Lower =>
            (a, b, c, d, e) => Lowered(jitted, call => call(a, b, c, d, e));
    }

    extension<T1, T2, T3, T4, T5, T6, R>(Func<T1, T2, T3, T4, T5, T6, R> jitted)
    {
        /// <inheritdoc cref="get_Lower{R}(Func{R})"/>
        public Func<T1, T2, T3, T4, T5, T6, LoweredFunction<Func<T1, T2, T3, T4, T5, T6, R>>> Lower =>
            (a, b, c, d, e, f) => Lowered(jitted, call => call(a, b, c, d, e, f));
    }

    extension<T1, T2, T3, T4, T5, T6, T7, R>(Func<T1, T2, T3, T4, T5, T6, T7, R> jitted)
    {
        /// <inheritdoc cref="get_Lower{R}(Func{R})"/>
        public Func<T1, T2, T3, T4, T5, T6, T7, LoweredFunction<Func<T1, T2, T3, T4, T5, T6, T7, R>>> Lower =>
            (a, b, c, d, e, f, g) => Lowered(jitted, call => call(a, b, c, d, e, f, g));
    }

    extension<T1, T2, T3, T4, T5, T6, T7, T8, R>(Func<T1, T2, T3, T4, T5, T6, T7, T8, R> jitted)
    {
        /// <inheritdoc cref="get_Lower{R}(Func{R})"/>
        public Func<T1, T2, T3, T4, T5, T6, T7, T8, LoweredFunction<Func<T1, T2, T3, T4, T5, T6, T7, T8, R>>> Lower =>
            (a, b, c, d, e, f, g, h) => Lowered(jitted, call => call(a, b, c, d, e, f, g, h));
    }
}
