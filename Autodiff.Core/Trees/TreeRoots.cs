using System.Collections.Immutable;
using System.ComponentModel;

namespace Autodiff;

/// <summary>
/// Makes trees known by type, where no code can be made at run time for those that reflection finds. Generated code calls it for every tree that
/// a program hands to a transform, so that the ahead-of-time compiler sees them.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TreeRoots
{
    public static void Record<T>()
        where T : IPyTree<T> => PyTree<T>.Use(new RecordTree<T>());

    public static void Array<T>() => PyTree<T[]>.Use(new ArrayTree<T>());

    public static void List<T>() => PyTree<List<T>>.Use(new ListTree<T>());

    public static void ReadOnlyList<T>() => PyTree<IReadOnlyList<T>>.Use(new ReadOnlyListTree<T>());

    public static void ImmutableArray<T>() => PyTree<ImmutableArray<T>>.Use(new ImmutableArrayTree<T>());

    public static void Dictionary<TDictionary, T>()
        where TDictionary : IEnumerable<KeyValuePair<string, T>> => PyTree<TDictionary>.Use(new DictionaryTree<TDictionary, T>());

    public static void Tuple<T1>() => PyTree<ValueTuple<T1>>.Use(new TupleTree<T1>());

    public static void Tuple<T1, T2>() => PyTree<(T1, T2)>.Use(new TupleTree<T1, T2>());

    public static void Tuple<T1, T2, T3>() => PyTree<(T1, T2, T3)>.Use(new TupleTree<T1, T2, T3>());

    public static void Tuple<T1, T2, T3, T4>() => PyTree<(T1, T2, T3, T4)>.Use(new TupleTree<T1, T2, T3, T4>());

    public static void Tuple<T1, T2, T3, T4, T5>() => PyTree<(T1, T2, T3, T4, T5)>.Use(new TupleTree<T1, T2, T3, T4, T5>());

    public static void Tuple<T1, T2, T3, T4, T5, T6>() => PyTree<(T1, T2, T3, T4, T5, T6)>.Use(new TupleTree<T1, T2, T3, T4, T5, T6>());

    public static void Tuple<T1, T2, T3, T4, T5, T6, T7>() =>
        PyTree<(T1, T2, T3, T4, T5, T6, T7)>.Use(new TupleTree<T1, T2, T3, T4, T5, T6, T7>());

    public static void Tuple<T1, T2, T3, T4, T5, T6, T7, TRest>()
        where TRest : struct =>
        PyTree<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>>.Use(new TupleTree<T1, T2, T3, T4, T5, T6, T7, TRest>());
}
