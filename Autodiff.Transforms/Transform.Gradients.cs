using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Functions to functions: derivatives, vectorisation, compilation, loops. They nest in any order and to any depth.</summary>
public static partial class Transform
{
    /// <summary>Gives a method's signature a delegate, where inference cannot: <c>Grad(Fn&lt;Mlp, Batch, NDArray&gt;(Loss))</c>.</summary>
    public static Func<T, R> Fn<T, R>(Func<T, R> f) => f;

    /// <inheritdoc cref="Fn{T, R}"/>
    public static Func<T1, T2, R> Fn<T1, T2, R>(Func<T1, T2, R> f) => f;

    /// <inheritdoc cref="Fn{T, R}"/>
    public static Func<T1, T2, T3, R> Fn<T1, T2, T3, R>(Func<T1, T2, T3, R> f) => f;

    /// <summary>
    /// The gradient of a function with a real scalar value, with respect to its first argument, as a function of the same arguments. Plain C# control
    /// flow on concrete values works inside. Reverse mode: about the cost of a few evaluations, however many inputs there are.
    /// </summary>
    /// <exception cref="ScalarOutputException">The value is not a real scalar (raised when called).</exception>
    /// <exception cref="IntegerInputException">A leaf of the first argument is not floating-point (raised when called).</exception>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray> Grad(Func<NDArray, NDArray> f) => Grad<NDArray>(f);

    /// <inheritdoc cref="Grad(Func{NDArray, NDArray})"/>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray, NDArray> Grad(Func<NDArray, NDArray, NDArray> f) => Grad<NDArray, NDArray>(f);

    /// <inheritdoc cref="Grad(Func{NDArray, NDArray})"/>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray, NDArray, NDArray> Grad(Func<NDArray, NDArray, NDArray, NDArray> f) =>
        Grad<NDArray, NDArray, NDArray>(f);

    /// <inheritdoc cref="Grad(Func{NDArray, NDArray})"/>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray, NDArray, NDArray, NDArray> Grad(Func<NDArray, NDArray, NDArray, NDArray, NDArray> f) =>
        Grad<NDArray, NDArray, NDArray, NDArray>(f);

    /// <inheritdoc cref="Grad(Func{NDArray, NDArray})"/>
    public static Func<T, T> Grad<T>(Func<T, NDArray> f) => x => ReverseMode.Gradient("Grad", WithoutAux(f), x).Grad;

    /// <inheritdoc cref="Grad(Func{NDArray, NDArray})"/>
    public static Func<T, A, T> Grad<T, A>(Func<T, A, NDArray> f) =>
        (x, a) => ReverseMode.Gradient("Grad", WithoutAux<T, NDArray>(y => f(y, a)), x).Grad;

    /// <inheritdoc cref="Grad(Func{NDArray, NDArray})"/>
    public static Func<T, A, B, T> Grad<T, A, B>(Func<T, A, B, NDArray> f) =>
        (x, a, b) => ReverseMode.Gradient("Grad", WithoutAux<T, NDArray>(y => f(y, a, b)), x).Grad;

    /// <inheritdoc cref="Grad(Func{NDArray, NDArray})"/>
    public static Func<T, A, B, C, T> Grad<T, A, B, C>(Func<T, A, B, C, NDArray> f) =>
        (x, a, b, c) => ReverseMode.Gradient("Grad", WithoutAux<T, NDArray>(y => f(y, a, b, c)), x).Grad;

    /// <inheritdoc cref="GradWithAux{T, Aux}"/>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, (NDArray Grad, Aux Aux)> GradWithAux<Aux>(Func<NDArray, (NDArray, Aux)> f) => GradWithAux<NDArray, Aux>(f);

    /// <summary>As Grad, for a function that returns (value, auxiliary results); gives (gradient, auxiliary results).</summary>
    public static Func<T, (T Grad, Aux Aux)> GradWithAux<T, Aux>(Func<T, (NDArray, Aux)> f) =>
        x => ReverseMode.Gradient("GradWithAux", f, x) is var (_, aux, grad) ? (grad, aux) : default;

    /// <inheritdoc cref="GradWithAux{T, Aux}"/>
    public static Func<T, A, (T Grad, Aux Aux)> GradWithAux<T, A, Aux>(Func<T, A, (NDArray, Aux)> f) =>
        (x, a) => ReverseMode.Gradient("GradWithAux", (T y) => f(y, a), x) is var (_, aux, grad) ? (grad, aux) : default;

    /// <summary>Value and gradient in one pass; see Grad.</summary>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, (NDArray Value, NDArray Grad)> ValueAndGrad(Func<NDArray, NDArray> f) => ValueAndGrad<NDArray>(f);

    /// <inheritdoc cref="ValueAndGrad(Func{NDArray, NDArray})"/>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray, (NDArray Value, NDArray Grad)> ValueAndGrad(Func<NDArray, NDArray, NDArray> f) =>
        ValueAndGrad<NDArray, NDArray>(f);

    /// <inheritdoc cref="ValueAndGrad(Func{NDArray, NDArray})"/>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray, NDArray, (NDArray Value, NDArray Grad)> ValueAndGrad(Func<NDArray, NDArray, NDArray, NDArray> f) =>
        ValueAndGrad<NDArray, NDArray, NDArray>(f);

    /// <inheritdoc cref="ValueAndGrad(Func{NDArray, NDArray})"/>
    public static Func<T, (NDArray Value, T Grad)> ValueAndGrad<T>(Func<T, NDArray> f) =>
        x => ReverseMode.Gradient("ValueAndGrad", WithoutAux(f), x) is var (value, _, grad) ? (value, grad) : default;

    /// <inheritdoc cref="ValueAndGrad(Func{NDArray, NDArray})"/>
    public static Func<T, A, (NDArray Value, T Grad)> ValueAndGrad<T, A>(Func<T, A, NDArray> f) =>
        (x, a) => ValueAndGrad<T>(y => f(y, a))(x);

    /// <inheritdoc cref="ValueAndGrad(Func{NDArray, NDArray})"/>
    public static Func<T, A, B, (NDArray Value, T Grad)> ValueAndGrad<T, A, B>(Func<T, A, B, NDArray> f) =>
        (x, a, b) => ValueAndGrad<T>(y => f(y, a, b))(x);

    /// <inheritdoc cref="ValueAndGrad(Func{NDArray, NDArray})"/>
    public static Func<T, A, B, C, (NDArray Value, T Grad)> ValueAndGrad<T, A, B, C>(Func<T, A, B, C, NDArray> f) =>
        (x, a, b, c) => ValueAndGrad<T>(y => f(y, a, b, c))(x);

    /// <inheritdoc cref="ValueAndGradWithAux{T, Aux}"/>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, (NDArray Value, Aux Aux, NDArray Grad)> ValueAndGradWithAux<Aux>(Func<NDArray, (NDArray, Aux)> f) =>
        ValueAndGradWithAux<NDArray, Aux>(f);

    /// <summary>As ValueAndGrad, for a function that returns (value, auxiliary results).</summary>
    public static Func<T, (NDArray Value, Aux Aux, T Grad)> ValueAndGradWithAux<T, Aux>(Func<T, (NDArray, Aux)> f) =>
        x => ReverseMode.Gradient("ValueAndGradWithAux", f, x);

    /// <inheritdoc cref="ValueAndGradWithAux{T, Aux}"/>
    public static Func<T, A, (NDArray Value, Aux Aux, T Grad)> ValueAndGradWithAux<T, A, Aux>(Func<T, A, (NDArray, Aux)> f) =>
        (x, a) => ReverseMode.Gradient("ValueAndGradWithAux", (T y) => f(y, a), x);

    /// <summary>
    /// The value of f at <paramref name="primal"/> and its derivative there in the direction <paramref name="tangent"/>: forward mode, about the cost of two evaluations.
    /// </summary>
    /// <exception cref="ShapeException">The tangent is not of the primal's shape and a floating-point type.</exception>
    /// <exception cref="IntegerInputException">No leaf of the primal is floating-point.</exception>
    [OverloadResolutionPriority(1)]
    public static (NDArray Value, NDArray Tangent) Jvp(Func<NDArray, NDArray> f, NDArray primal, NDArray tangent) =>
        Jvp<NDArray, NDArray>(f, primal.NotNull(), tangent.NotNull());

    /// <inheritdoc cref="Jvp(Func{NDArray, NDArray}, NDArray, NDArray)"/>
    public static (R Value, R Tangent) Jvp<T, R>(Func<T, R> f, T primal, T tangent)
    {
        var (value, derivative, _) = JvpWithAux(x => (f(x), default(ValueTuple)), primal, tangent);
        return (value, derivative);
    }

    /// <inheritdoc cref="JvpWithAux{T, R, Aux}"/>
    [OverloadResolutionPriority(1)]
    public static (NDArray Value, NDArray Tangent, Aux Aux) JvpWithAux<Aux>(
        Func<NDArray, (NDArray, Aux)> f,
        NDArray primal,
        NDArray tangent
    ) => JvpWithAux<NDArray, NDArray, Aux>(f, primal.NotNull(), tangent.NotNull());

    /// <summary>As Jvp, for a function that returns (value, auxiliary results).</summary>
    public static (R Value, R Tangent, Aux Aux) JvpWithAux<T, R, Aux>(Func<T, (R, Aux)> f, T primal, T tangent)
    {
        ArgumentNullException.ThrowIfNull(f);
        var (xs, structure) = Tree.Flatten(primal);
        var (dxs, tangentStructure) = Tree.Flatten(tangent);
        if (!structure.Equals(tangentStructure))
            throw new TreeMismatchException($"Jvp needs primal and tangent of one structure, but got {structure} and {tangentStructure}.");
        ReverseMode.RequireSomeFloat("Jvp", xs);
        var tangents = new NDArray?[xs.Length];
        for (var i = 0; i < xs.Length; i++)
            tangents[i] = xs[i].DType.IsFloat ? ReverseMode.Like(dxs[i], xs[i].Aval, "Jvp's tangent", i) : null;
        var flat = new FlatFunction<T, R, Aux>(f, structure);
        var (ys, dys) = ForwardMode.Jvp(flat.Call, xs, tangents);
        var written = dys[..flat.Outputs].Select((d, i) => d ?? Ops.ZerosLike(ys[i]));
        return (flat.Value(ys[..flat.Outputs]), flat.Value([.. written]), flat.Auxiliary(ys));
    }

    /// <summary>
    /// The value of f at <paramref name="primal"/> and the pullback: from a cotangent of the value to the cotangent of the argument. The pullback may be called many times.
    /// </summary>
    /// <exception cref="IntegerInputException">No leaf of the primal is floating-point.</exception>
    [OverloadResolutionPriority(1)]
    public static (NDArray Value, Func<NDArray, NDArray> Pullback) Vjp(Func<NDArray, NDArray> f, NDArray primal) =>
        Vjp<NDArray, NDArray>(f, primal.NotNull());

    /// <inheritdoc cref="Vjp(Func{NDArray, NDArray}, NDArray)"/>
    public static (R Value, Func<R, T> Pullback) Vjp<T, R>(Func<T, R> f, T primal)
    {
        var (value, _, pullback) = ReverseMode.Vjp(WithoutAux(f), primal);
        return (value, pullback);
    }

    /// <inheritdoc cref="VjpWithAux{T, R, Aux}"/>
    [OverloadResolutionPriority(1)]
    public static (NDArray Value, Func<NDArray, NDArray> Pullback, Aux Aux) VjpWithAux<Aux>(
        Func<NDArray, (NDArray, Aux)> f,
        NDArray primal
    ) => VjpWithAux<NDArray, NDArray, Aux>(f, primal.NotNull());

    /// <summary>As Vjp, for a function that returns (value, auxiliary results).</summary>
    public static (R Value, Func<R, T> Pullback, Aux Aux) VjpWithAux<T, R, Aux>(Func<T, (R, Aux)> f, T primal)
    {
        var (value, aux, pullback) = ReverseMode.Vjp(f, primal);
        return (value, pullback, aux);
    }

    /// <summary>
    /// The value of f at <paramref name="primal"/> and its derivative there as a function of the direction: f runs once, and only what the derivative needs is kept.
    /// </summary>
    /// <exception cref="IntegerInputException">No leaf of the primal is floating-point.</exception>
    [OverloadResolutionPriority(1)]
    public static (NDArray Value, Func<NDArray, NDArray> Derivative) Linearize(Func<NDArray, NDArray> f, NDArray primal) =>
        Linearize<NDArray, NDArray>(f, primal.NotNull());

    /// <inheritdoc cref="Linearize(Func{NDArray, NDArray}, NDArray)"/>
    public static (R Value, Func<T, R> Derivative) Linearize<T, R>(Func<T, R> f, T primal)
    {
        ArgumentNullException.ThrowIfNull(f);
        var (xs, structure) = Tree.Flatten(primal);
        ReverseMode.RequireSomeFloat("Linearize", xs);
        TreeStructure? outStructure = null;
        var (ys, derivative) = Linearization.Linearize(
            a =>
            {
                (var y, outStructure) = Tree.Flatten(f(Tree.Unflatten<T>(structure, a)));
                return y;
            },
            xs
        );
        R Push(T tangent)
        {
            var (dxs, given) = Tree.Flatten(tangent);
            if (!structure.Equals(given))
                throw new TreeMismatchException(
                    $"The derivative needs a tangent of the structure of the argument, {structure}, but got {given}."
                );
            for (var i = 0; i < dxs.Length; i++)
                if (xs[i].DType.IsFloat)
                    dxs[i] = ReverseMode.Like(dxs[i], xs[i].Aval, "The derivative's tangent", i);
            return Tree.Unflatten<R>(outStructure!, derivative.Push(dxs));
        }
        return (Tree.Unflatten<R>(outStructure!, ys), Push);
    }

    /// <summary>The transpose of a linear function; <paramref name="example"/> has the shape and type of its argument.</summary>
    /// <exception cref="NotLinearException">The function is not linear (raised when called).</exception>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray> LinearTranspose(Func<NDArray, NDArray> f, NDArray example) =>
        LinearTranspose<NDArray, NDArray>(f, example.NotNull());

    /// <inheritdoc cref="LinearTranspose(Func{NDArray, NDArray}, NDArray)"/>
    public static Func<R, T> LinearTranspose<T, R>(Func<T, R> f, T example)
    {
        ArgumentNullException.ThrowIfNull(f);
        RequireFloatsFor(example);
        var (xs, structure) = Tree.Flatten(example);
        var types = Array.ConvertAll(xs, x => x.Aval.Strong);
        var (linear, output) = Staged(f, Tree.Unflatten<T>(structure, Array.ConvertAll(types, t => new AbstractArray(t))));
        return cotangent =>
        {
            var (cts, given) = Tree.Flatten(cotangent);
            if (!given.Equals(output))
                throw new TreeMismatchException(
                    $"The transpose needs an argument of the structure of the function's value, {output}, but got {given}."
                );
            var pulled = Transposition.Pull(
                a => linear.Jaxpr.Evaluate([.. linear.Constants, .. a]),
                Array.ConvertAll(types, t => new Operand(t, null)),
                [.. cts.Select((ct, i) => ReverseMode.Like(ct, linear.Jaxpr.OutputTypes[i], "The transpose's argument", i))]
            );
            return Tree.Unflatten<T>(structure, [.. pulled.Select((ct, i) => ct ?? Ops.ZerosOf(types[i]))]);
        };
    }

    static void RequireFloatsFor<T>(T example) => ReverseMode.RequireFloats("LinearTranspose", example);

    static Func<T, (R, ValueTuple)> WithoutAux<T, R>(Func<T, R> f)
    {
        ArgumentNullException.ThrowIfNull(f);
        return x => (f(x), default);
    }
}
