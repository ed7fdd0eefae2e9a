using System.Collections.Concurrent;
using System.Reflection;

namespace Autodiff;

/// <summary>
/// What a transform does with a function on flat arrays: it is given the arguments and gives results with their structure. Both are good until the
/// end of the call.
/// </summary>
delegate (NDArray[] Leaves, TreeStructure Structure) FlatCall(Arguments arguments);

/// <summary>A function of any number of trees, seen as a function on flat arrays.</summary>
abstract class LiftedFunction
{
    /// <summary>What the function is called where it was written, for messages.</summary>
    internal abstract string Name { get; }

    /// <summary>The methods that the user wrote, which the function calls; see <see cref="FunctionOrigin"/>.</summary>
    internal abstract List<MethodInfo> Origin { get; }

    /// <summary>The names of the parameters, for errors.</summary>
    internal abstract string[] ParameterNames { get; }

    /// <summary>Calls the user's function on leaves that have the structure of its arguments.</summary>
    internal abstract (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves);

    /// <summary>Paths of the leaves of some arguments, such as <c>m.W1</c>.</summary>
    internal abstract string[] PathsOf(TreeStructure structure, NDArray[] leaves);

    /// <summary>The transformed function, as a delegate of the same type as the original.</summary>
    internal abstract Delegate Wrap(FlatCall call);

    /// <summary>
    /// Lifts a delegate. One adapter class an arity is closed over the argument types by reflection, once a delegate type.
    /// </summary>
    internal static LiftedFunction Of(Delegate f)
    {
        ArgumentNullException.ThrowIfNull(f);
        var make = Factories.GetOrAdd(f.GetType(), FactoryOf);
        return make(f);
    }

    internal static void Use<F>(Func<Delegate, LiftedFunction> factory)
        where F : Delegate => Factories[typeof(F)] = factory;

    static readonly ConcurrentDictionary<Type, Func<Delegate, LiftedFunction>> Factories = new();

    static readonly Type[] Adapters =
    [
        typeof(Lifted<>),
        typeof(Lifted<,>),
        typeof(Lifted<,,>),
        typeof(Lifted<,,,>),
        typeof(Lifted<,,,,>),
        typeof(Lifted<,,,,,>),
        typeof(Lifted<,,,,,,>),
        typeof(Lifted<,,,,,,,>),
        typeof(Lifted<,,,,,,,,>),
    ];

    static Func<Delegate, LiftedFunction> FactoryOf(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        var parameters = invoke.GetParameters();
        if (parameters.Length >= Adapters.Length || invoke.ReturnType == typeof(void) || parameters.Any(p => p.ParameterType.IsByRef))
            throw new NotATreeException(
                $"{PyTree.NameOf(type)} cannot be transformed: a function takes at most {Adapters.Length - 1} trees by value and returns a tree. "
                    + "Pack more arguments into a tuple or a [PyTree] record."
            );
        var closed = Adapters[parameters.Length].MakeGenericType([.. parameters.Select(p => p.ParameterType), invoke.ReturnType]);
        var constructor = closed.GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance).Single();
        return f => (LiftedFunction)constructor.Invoke([f]);
    }
}

/// <summary>What the adapters of all arities share.</summary>
abstract class Lifted : LiftedFunction
{
    readonly Delegate original;

    private protected Lifted(Delegate original) => this.original = original;

    internal FlatCall Transformed { get; private set; } = null!;

    private protected abstract Lifted Clone();

    /// <summary>The transformed function, as a <c>Func</c>.</summary>
    private protected abstract Delegate AsFunc();

    private protected R Apply<R>(Arguments arguments)
    {
        var (leaves, structure) = Transformed(arguments);
        var result = typeof(R) == typeof(NDArray) && leaves.Length == 1 ? (R)(object)leaves[0] : Tree.Unflatten<R>(structure, leaves);
        arguments.Release();
        return result;
    }

    internal sealed override List<MethodInfo> Origin => FunctionOrigin.MethodsOf(original);

    internal sealed override string Name => FunctionOrigin.NameOf(Origin is [var method, ..] ? method : original.Method);

    internal sealed override string[] ParameterNames => [.. original.Method.GetParameters().TakeLast(Arity).Select(p => p.Name ?? "")];

    // A compiled lambda's method, and an extension method's, has a closed first parameter more.
    int Arity => original.GetType().GetMethod("Invoke")!.GetParameters().Length;

    internal sealed override Delegate Wrap(FlatCall call)
    {
        var adapter = Clone();
        adapter.Transformed = call;
        var (type, func) = (original.GetType(), adapter.AsFunc());
        return func.GetType() == type ? func : Delegate.CreateDelegate(type, adapter, func.Method);
    }
}
