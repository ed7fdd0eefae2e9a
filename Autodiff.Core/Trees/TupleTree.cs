namespace Autodiff;

// Tuples of one to seven elements, and of more: the eighth is itself a tuple.

sealed class TupleTree<T1> : PyTree<ValueTuple<T1>>
{
    internal override void Flatten(ValueTuple<T1> value, TreeWriter writer)
    {
        writer.Write(".Item1", value.Item1);
    }

    internal override ValueTuple<T1> Unflatten(TreeReader reader) => new(reader.Read<T1>());
}

sealed class TupleTree<T1, T2> : PyTree<(T1, T2)>
{
    internal override void Flatten((T1, T2) value, TreeWriter writer)
    {
        writer.Write(".Item1", value.Item1);
        writer.Write(".Item2", value.Item2);
    }

    internal override (T1, T2) Unflatten(TreeReader reader) => new(reader.Read<T1>(), reader.Read<T2>());
}

sealed class TupleTree<T1, T2, T3> : PyTree<(T1, T2, T3)>
{
    internal override void Flatten((T1, T2, T3) value, TreeWriter writer)
    {
        writer.Write(".Item1", value.Item1);
        writer.Write(".Item2", value.Item2);
        writer.Write(".Item3", value.Item3);
    }

    internal override (T1, T2, T3) Unflatten(TreeReader reader) => new(reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>());
}

sealed class TupleTree<T1, T2, T3, T4> : PyTree<(T1, T2, T3, T4)>
{
    internal override void Flatten((T1, T2, T3, T4) value, TreeWriter writer)
    {
        writer.Write(".Item1", value.Item1);
        writer.Write(".Item2", value.Item2);
        writer.Write(".Item3", value.Item3);
        writer.Write(".Item4", value.Item4);
    }

    internal override (T1, T2, T3, T4) Unflatten(TreeReader reader) =>
        new(reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>(), reader.Read<T4>());
}

sealed class TupleTree<T1, T2, T3, T4, T5> : PyTree<(T1, T2, T3, T4, T5)>
{
    internal override void Flatten((T1, T2, T3, T4, T5) value, TreeWriter writer)
    {
        writer.Write(".Item1", value.Item1);
        writer.Write(".Item2", value.Item2);
        writer.Write(".Item3", value.Item3);
        writer.Write(".Item4", value.Item4);
        writer.Write(".Item5", value.Item5);
    }

    internal override (T1, T2, T3, T4, T5) Unflatten(TreeReader reader) =>
        new(reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>(), reader.Read<T4>(), reader.Read<T5>());
}

sealed class TupleTree<T1, T2, T3, T4, T5, T6> : PyTree<(T1, T2, T3, T4, T5, T6)>
{
    internal override void Flatten((T1, T2, T3, T4, T5, T6) value, TreeWriter writer)
    {
        writer.Write(".Item1", value.Item1);
        writer.Write(".Item2", value.Item2);
        writer.Write(".Item3", value.Item3);
        writer.Write(".Item4", value.Item4);
        writer.Write(".Item5", value.Item5);
        writer.Write(".Item6", value.Item6);
    }

    internal override (T1, T2, T3, T4, T5, T6) Unflatten(TreeReader reader) =>
        new(reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>(), reader.Read<T4>(), reader.Read<T5>(), reader.Read<T6>());
}

sealed class TupleTree<T1, T2, T3, T4, T5, T6, T7> : PyTree<(T1, T2, T3, T4, T5, T6, T7)>
{
    internal override void Flatten((T1, T2, T3, T4, T5, T6, T7) value, TreeWriter writer)
    {
        writer.Write(".Item1", value.Item1);
        writer.Write(".Item2", value.Item2);
        writer.Write(".Item3", value.Item3);
        writer.Write(".Item4", value.Item4);
        writer.Write(".Item5", value.Item5);
        writer.Write(".Item6", value.Item6);
        writer.Write(".Item7", value.Item7);
    }

    internal override (T1, T2, T3, T4, T5, T6, T7) Unflatten(TreeReader reader) =>
        new(
            reader.Read<T1>(),
            reader.Read<T2>(),
            reader.Read<T3>(),
            reader.Read<T4>(),
            reader.Read<T5>(),
            reader.Read<T6>(),
            reader.Read<T7>()
        );
}

sealed class TupleTree<T1, T2, T3, T4, T5, T6, T7, TRest> : PyTree<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>>
    where TRest : struct
{
    internal override void Flatten(ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> value, TreeWriter writer)
    {
        writer.Write(".Item1", value.Item1);
        writer.Write(".Item2", value.Item2);
        writer.Write(".Item3", value.Item3);
        writer.Write(".Item4", value.Item4);
        writer.Write(".Item5", value.Item5);
        writer.Write(".Item6", value.Item6);
        writer.Write(".Item7", value.Item7);
        writer.Write(".Rest", value.Rest);
    }

    internal override ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> Unflatten(TreeReader reader) =>
        new(
            reader.Read<T1>(),
            reader.Read<T2>(),
            reader.Read<T3>(),
            reader.Read<T4>(),
            reader.Read<T5>(),
            reader.Read<T6>(),
            reader.Read<T7>(),
            reader.Read<TRest>()
        );
}
