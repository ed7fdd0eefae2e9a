using System.ComponentModel;

namespace Autodiff;

/// <summary>
/// Makes functions known by the type of their delegates, for programs that are compiled ahead of time; see <see cref="TreeRoots"/>. The last type of each is
/// that of the result.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FunctionRoots
{
    public static void Function<F, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<R>(f));

    public static void Function<F, T1, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<T1, R>(f));

    public static void Function<F, T1, T2, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<T1, T2, R>(f));

    public static void Function<F, T1, T2, T3, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<T1, T2, T3, R>(f));

    public static void Function<F, T1, T2, T3, T4, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<T1, T2, T3, T4, R>(f));

    public static void Function<F, T1, T2, T3, T4, T5, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<T1, T2, T3, T4, T5, R>(f));

    public static void Function<F, T1, T2, T3, T4, T5, T6, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<T1, T2, T3, T4, T5, T6, R>(f));

    public static void Function<F, T1, T2, T3, T4, T5, T6, T7, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<T1, T2, T3, T4, T5, T6, T7, R>(f));

    public static void Function<F, T1, T2, T3, T4, T5, T6, T7, T8, R>()
        where F : Delegate => LiftedFunction.Use<F>(f => new Lifted<T1, T2, T3, T4, T5, T6, T7, T8, R>(f));
}
