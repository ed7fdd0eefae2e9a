using System.Collections.Concurrent;
using System.Reflection;

namespace Autodiff;

/// <summary>The runtime's methods and types by name. Reflection searches long, and every kernel asks for the same few.</summary>
static class RuntimeMethods
{
    static readonly ConcurrentDictionary<(Type Holder, string Name, ValueList<Type> Parameters), MethodInfo> Plain = [];
    static readonly ConcurrentDictionary<(Type Holder, string Name, int Arity, ValueList<Type> Arguments), MethodInfo> Generic = [];
    static readonly ConcurrentDictionary<(Type Definition, Type Argument), Type> Types = [];

    extension(Type type)
    {
        /// <summary>The public method with these parameters.</summary>
        internal MethodInfo Method(string name, params Type[] parameters) =>
            Plain.GetOrAdd((type, name, new(parameters)), static key => key.Holder.GetMethod(key.Name, [.. key.Parameters])!);

        /// <summary>The public static method with so many parameters that is generic, for these types.</summary>
        internal MethodInfo GenericMethod(string name, int arity, params Type[] arguments) =>
            Generic.GetOrAdd(
                (type, name, arity, new(arguments)),
                static key =>
                    key.Holder.GetMember(key.Name, MemberTypes.Method, BindingFlags.Static | BindingFlags.Public)
                        .Cast<MethodInfo>()
                        .Single(m => m.IsGenericMethodDefinition && m.GetParameters().Length == key.Arity)
                        .MakeGenericMethod([.. key.Arguments])
            );

        /// <summary>The generic type for an element type.</summary>
        internal Type Of(Type argument) => Types.GetOrAdd((type, argument), static key => key.Definition.MakeGenericType(key.Argument));
    }
}
