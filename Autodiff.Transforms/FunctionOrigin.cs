using System.Reflection;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Whose function a delegate is: under what transforms made, the methods that the user wrote.</summary>
static class FunctionOrigin
{
    /// <summary>The methods outside of this library that a delegate calls, found through the closures of transforms; the outermost first.</summary>
    internal static List<MethodInfo> MethodsOf(Delegate f)
    {
        List<MethodInfo> methods = [];
        Visit(f, methods, new(ReferenceEqualityComparer.Instance));
        return methods;
    }

    /// <summary>What a method is called where it was written.</summary>
    internal static string NameOf(MethodInfo method) =>
        // The compiler calls a local function <Outer>g__Name|0_0, and a lambda <Outer>b__0_0.
        method.Name.Split("g__")
            is [_, var local]
            ? local.Split('|')[0]
        : method.Name.StartsWith('<') ? $"a lambda in {method.Name.Split('>')[0].TrimStart('<')}"
        : method.Name;

    static void Visit(object value, List<MethodInfo> methods, HashSet<object> seen)
    {
        if (value is Delegate f)
        {
            if (!IsOwn(f.Method.Module))
                methods.Add(f.Method);
            else if (f.Target is { } target)
                Visit(target, methods, seen);
            return;
        }
        if (!seen.Add(value))
            return;
        for (var type = value.GetType(); type is not null && IsOwn(type.Module); type = type.BaseType)
            foreach (
                var field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
                if (IsClosure(field.FieldType) && field.GetValue(value) is { } captured)
                    Visit(captured, methods, seen);
    }

    // Functions, and what the compiler puts them into.
    static bool IsClosure(Type type) =>
        type.IsAssignableTo(typeof(Delegate)) || type == typeof(LiftedFunction) || type.IsDefined(typeof(CompilerGeneratedAttribute));

    static bool IsOwn(Module module) => module == typeof(FunctionOrigin).Module;
}
