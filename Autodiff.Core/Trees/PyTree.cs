using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>How values of type <typeparamref name="T"/> are taken apart into arrays and put together. Found once a type, by reflection.</summary>
public abstract class PyTree<T>
{
    static PyTree<T>? found;

    /// <summary>The one for <typeparamref name="T"/>.</summary>
    /// <exception cref="NotATreeException"><typeparamref name="T"/> is not a tree.</exception>
    public static PyTree<T> Default => found ??= (PyTree<T>)PyTree.Find(typeof(T));

    internal static void Use(PyTree<T> tree) => found = tree;

    internal abstract void Flatten(T value, TreeWriter writer);

    internal abstract T Unflatten(TreeReader reader);
}

/// <summary>The table of the types that are trees.</summary>
static class PyTree
{
    static readonly Dictionary<Type, Type> Generic = new()
    {
        [typeof(List<>)] = typeof(ListTree<>),
        [typeof(IReadOnlyList<>)] = typeof(ReadOnlyListTree<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayTree<>),
        [typeof(ValueTuple<>)] = typeof(TupleTree<>),
        [typeof(ValueTuple<,>)] = typeof(TupleTree<,>),
        [typeof(ValueTuple<,,>)] = typeof(TupleTree<,,>),
        [typeof(ValueTuple<,,,>)] = typeof(TupleTree<,,,>),
        [typeof(ValueTuple<,,,,>)] = typeof(TupleTree<,,,,>),
        [typeof(ValueTuple<,,,,,>)] = typeof(TupleTree<,,,,,>),
        [typeof(ValueTuple<,,,,,,>)] = typeof(TupleTree<,,,,,,>),
        [typeof(ValueTuple<,,,,,,,>)] = typeof(TupleTree<,,,,,,,>),
    };

    internal static object Find(Type type)
    {
        var tree = TreeTypeOf(type);
        if (tree is null)
            throw new NotATreeException(
                type.IsPrimitive || type == typeof(string) || type.IsEnum
                    ? $"A {NameOf(type)} is not a tree of arrays. A C# number is not traced: make it an NDArray. Mark a member of a [PyTree] type that is not to be traced [Static], "
                        + "and let the function capture an argument that is not to be."
                    : $"{NameOf(type)} is not a tree of arrays. Add [PyTree] and partial to it, or use NDArray, tuples, arrays, lists or dictionaries of trees."
            );
        return Activator.CreateInstance(tree)!;
    }

    static Type? TreeTypeOf(Type type)
    {
        if (type == typeof(NDArray))
            return typeof(LeafTree);
        if (type == typeof(ValueTuple))
            return typeof(UnitTree);
        if (type.IsSZArray)
            return typeof(ArrayTree<>).MakeGenericType(type.GetElementType()!);
        if (
            type.GetInterfaces()
                .Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IPyTree<>) && i.GenericTypeArguments[0] == type)
        )
            return typeof(RecordTree<>).MakeGenericType(type);
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GenericTypeArguments;
        if (Generic.TryGetValue(definition, out var tree))
            return tree.MakeGenericType(arguments);
        if (arguments is [var key, var value] && key == typeof(string))
        {
            if (
                definition == typeof(Dictionary<,>)
                || definition == typeof(IReadOnlyDictionary<,>)
                || definition == typeof(SortedDictionary<,>)
            )
                return typeof(DictionaryTree<,>).MakeGenericType(type, value);
        }
        return null;
    }

    /// <summary>A type as C# writes it.</summary>
    internal static string NameOf(Type type)
    {
        if (type.IsArray)
            return NameOf(type.GetElementType()!) + "[]";
        if (!type.IsGenericType)
            return type.Name;
        var arguments = type.GenericTypeArguments.Select(NameOf);
        return type.IsAssignableTo(typeof(ITuple))
            ? $"({string.Join(", ", arguments)})"
            : $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", arguments)}>";
    }
}

sealed class LeafTree : PyTree<NDArray?>
{
    internal override void Flatten(NDArray? value, TreeWriter writer) => writer.Leaf(value);

    internal override NDArray? Unflatten(TreeReader reader) => reader.Leaf();
}

sealed class UnitTree : PyTree<ValueTuple>
{
    internal override void Flatten(ValueTuple value, TreeWriter writer) { }

    internal override ValueTuple Unflatten(TreeReader reader) => default;
}

sealed class RecordTree<T> : PyTree<T>
    where T : IPyTree<T>
{
    internal override void Flatten(T value, TreeWriter writer)
    {
        if (value is null)
            throw new NotATreeException($"A {PyTree.NameOf(typeof(T))} is null. A tree has no null nodes; only leaves may be null.");
        if (value.GetType() != typeof(T))
            throw new NotATreeException(
                $"A {PyTree.NameOf(value.GetType())} came where a {PyTree.NameOf(typeof(T))} was declared, which has other members. "
                    + "Declare the type itself: trees are taken apart by the types that are declared."
            );
        T.Flatten(value, writer);
    }

    internal override T Unflatten(TreeReader reader) => T.Unflatten(reader);
}

abstract class SequenceTree<TSequence, T> : PyTree<TSequence>
{
    protected abstract int CountOf(TSequence value);
    protected abstract T At(TSequence value, int i);
    protected abstract TSequence Make(T[] items);

    internal override void Flatten(TSequence value, TreeWriter writer)
    {
        if (value is null)
            throw new NotATreeException(
                $"A {PyTree.NameOf(typeof(TSequence))} is null. A tree has no null nodes; only leaves may be null."
            );
        var count = CountOf(value);
        writer.Static(count);
        for (var i = 0; i < count; i++)
            writer.Write($"[{i}]", At(value, i));
    }

    internal override TSequence Unflatten(TreeReader reader)
    {
        var items = new T[reader.Static<int>()];
        for (var i = 0; i < items.Length; i++)
            items[i] = reader.Read<T>();
        return Make(items);
    }
}

sealed class ArrayTree<T> : SequenceTree<T[], T>
{
    protected override int CountOf(T[] value) => value.Length;

    protected override T At(T[] value, int i) => value[i];

    protected override T[] Make(T[] items) => items;
}

sealed class ListTree<T> : SequenceTree<List<T>, T>
{
    protected override int CountOf(List<T> value) => value.Count;

    protected override T At(List<T> value, int i) => value[i];

    protected override List<T> Make(T[] items) => [.. items];
}

sealed class ReadOnlyListTree<T> : SequenceTree<IReadOnlyList<T>, T>
{
    protected override int CountOf(IReadOnlyList<T> value) => value.Count;

    protected override T At(IReadOnlyList<T> value, int i) => value[i];

    protected override IReadOnlyList<T> Make(T[] items) => items;
}

sealed class ImmutableArrayTree<T> : SequenceTree<ImmutableArray<T>, T>
{
    protected override int CountOf(ImmutableArray<T> value) => value.Length;

    protected override T At(ImmutableArray<T> value, int i) => value[i];

    protected override ImmutableArray<T> Make(T[] items) => [.. items];
}

/// <summary>A dictionary by name. Its children are in the order of the sorted names, so two dictionaries filled in another order agree.</summary>
sealed class DictionaryTree<TDictionary, T> : PyTree<TDictionary>
    where TDictionary : IEnumerable<KeyValuePair<string, T>>
{
    internal override void Flatten(TDictionary value, TreeWriter writer)
    {
        if (value is null)
            throw new NotATreeException(
                $"A {PyTree.NameOf(typeof(TDictionary))} is null. A tree has no null nodes; only leaves may be null."
            );
        var pairs = value.OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
        writer.Static(pairs.Length);
        foreach (var (key, child) in pairs)
        {
            writer.Static(key);
            writer.Write($"[\"{key}\"]", child);
        }
    }

    internal override TDictionary Unflatten(TreeReader reader)
    {
        var count = reader.Static<int>();
        var pairs = new List<KeyValuePair<string, T>>(count);
        for (var i = 0; i < count; i++)
            pairs.Add(new(reader.Static<string>(), reader.Read<T>()));
        object result =
            typeof(TDictionary) == typeof(SortedDictionary<string, T>)
                ? new SortedDictionary<string, T>(new Dictionary<string, T>(pairs), StringComparer.Ordinal)
                : new Dictionary<string, T>(pairs);
        return (TDictionary)result;
    }
}
