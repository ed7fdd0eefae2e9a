using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using Lambda = System.Linq.Expressions.Expression;

namespace Autodiff.Tests;

/// <summary>A public method, operator or indexer of the face, called with an argument of each type and null in one place.</summary>
sealed record FaceCall(MethodInfo Method, ParameterInfo Null)
{
    static readonly Type[] Face =
    [
        typeof(Ops),
        typeof(NDArray),
        typeof(IndexedArray),
        typeof(IndexUpdate),
        typeof(Slice),
        typeof(RandomKey),
        typeof(Transform),
    ];

    static readonly NDArray Matrix = Ops.Ones(2, 2);

    static readonly Dictionary<Type, object> Samples = new()
    {
        [typeof(NDArray)] = Matrix,
        [typeof(IndexedArray)] = Matrix.At,
        [typeof(IndexUpdate)] = Matrix.At[0],
        [typeof(RandomKey)] = new RandomKey(0),
        [typeof(Shape)] = Shape.Create([2, 2]),
        [typeof(string)] = "ij,jk->ik",
        [typeof(int)] = 1,
    };

    /// <summary>A call for each place of the face where an array, or one in a list, must not be null.</summary>
    internal static FaceCall[] All =>
        [
            .. from type in Face
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            where method.GetBaseDefinition() == method
            let declared = method.GetParameters()
            from place in Enumerable.Range(0, declared.Length)
            where IsArray(declared[place])
            let closed = Close(method)
            select new FaceCall(closed, closed.GetParameters()[place]),
        ];

    static MethodInfo Close(MethodInfo method) =>
        method.IsGenericMethodDefinition
            ? method.MakeGenericMethod(
                Array.ConvertAll(
                    method.GetGenericArguments(),
                    t =>
                        t.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)
                            ? typeof(double)
                            : typeof(NDArray)
                )
            )
            : method;

    static bool IsArray(ParameterInfo parameter)
    {
        var nullability = new NullabilityInfoContext().Create(parameter);
        var type = parameter.ParameterType;
        return Listed(type) == typeof(NDArray)
            ? (type.IsArray ? nullability.ElementType! : nullability.GenericTypeArguments[0]).ReadState == NullabilityState.NotNull
            : (type == typeof(NDArray) || type.IsAssignableTo(typeof(Array))) && nullability.ReadState == NullabilityState.NotNull;
    }

    /// <summary>The type of the elements of a span or an array of them.</summary>
    static Type? Listed(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() is var g && (g == typeof(ReadOnlySpan<>) || g == typeof(IReadOnlyList<>))
            ? type.GenericTypeArguments[0]
        : null;

    /// <summary>The error of the call.</summary>
    internal Exception? Error()
    {
        object? Argument(ParameterInfo p) =>
            p.Position == Null.Position ? (Listed(p.ParameterType) == typeof(NDArray) ? new NDArray?[] { Matrix, null } : null)
            : p.HasDefaultValue && !p.ParameterType.IsByRefLike ? (p.DefaultValue ?? Default(p.ParameterType))
            : Sample(p.ParameterType);
        object?[] arguments = [.. Method.GetParameters().Select(Argument)];
        try
        {
            Invoker()(Method.IsStatic ? arguments : [Samples[Method.DeclaringType!], .. arguments]);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    static object? Sample(Type type)
    {
        if (Samples.TryGetValue(type, out var sample))
            return sample;
        if (Listed(type) is { } listed)
        {
            var list = Array.CreateInstance(listed, 2);
            for (var i = 0; i < 2; i++)
                list.SetValue(listed == typeof(int) ? i : Sample(listed), i);
            return list;
        }
        return type.IsAssignableTo(typeof(Delegate)) ? Function(type) : Default(type);
    }

    // A function that returns its argument.
    static Delegate Function(Type type)
    {
        ParameterExpression[] parameters = [.. type.GetMethod("Invoke")!.GetParameters().Select(p => Lambda.Parameter(p.ParameterType))];
        Lambda Value(Type t) =>
            Array.Find(parameters, p => p.Type == t) is { } given ? given
            : t.IsAssignableTo(typeof(System.Runtime.CompilerServices.ITuple))
                ? Lambda.New(t.GetConstructor(t.GenericTypeArguments)!, t.GenericTypeArguments.Select(Value))
            : Lambda.Constant(Sample(t), t);
        return Lambda.Lambda(type, Value(type.GetMethod("Invoke")!.ReturnType), parameters).Compile();
    }

    // Reflection cannot pass spans: here they are made of arrays.
    Func<object?[], object?> Invoker()
    {
        var dynamic = new DynamicMethod(Method.Name, typeof(object), [typeof(object[])], typeof(FaceCall).Module, skipVisibility: true);
        var il = dynamic.GetILGenerator();
        var next = 0;
        void Load()
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, next++);
            il.Emit(OpCodes.Ldelem_Ref);
        }
        if (!Method.IsStatic)
        {
            Load();
            il.Emit(Method.DeclaringType!.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, Method.DeclaringType);
        }
        foreach (var type in Method.GetParameters().Select(p => p.ParameterType))
        {
            Load();
            if (type.IsByRefLike)
            {
                var array = type.GenericTypeArguments[0].MakeArrayType();
                il.Emit(OpCodes.Castclass, array);
                il.Emit(OpCodes.Newobj, type.GetConstructor([array])!);
            }
            else
                il.Emit(OpCodes.Unbox_Any, type);
        }
        il.Emit(OpCodes.Call, Method);
        if (Method.ReturnType == typeof(void))
            il.Emit(OpCodes.Ldnull);
        else if (Method.ReturnType.IsValueType)
            il.Emit(OpCodes.Box, Method.ReturnType);
        il.Emit(OpCodes.Ret);
        return dynamic.CreateDelegate<Func<object?[], object?>>();
    }

    /// <summary>The name that the error must give: the parameter's, and the place in a list.</summary>
    internal string Name => Listed(Null.ParameterType) == typeof(NDArray) ? $"{Null.Name}[1]" : Null.Name!;

    public override string ToString() =>
        $"{Method.DeclaringType!.Name}.{Method.Name}({string.Join(", ", Method.GetParameters().Select(p => p.Name))}) with {Null.Name} = null";
}
