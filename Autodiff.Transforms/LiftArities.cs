namespace Autodiff;

// One adapter an arity, alike but for the number of arguments; a delegate type is closed over one of them once.

sealed class Lifted<R> : Lifted
{
    readonly Func<R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<R> ?? f.Method.CreateDelegate<Func<R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<R>(f);

    public R Invoke()
    {
        var (leaves, structure) = Transformed(ArgumentsOf());
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        return Tree.Flatten(f());
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        return [];
    }

    static Arguments ArgumentsOf()
    {
        var writer = new TreeWriter();
        return new(writer, [], typeof(Func<R>));
    }
}

sealed class Lifted<T1, R> : Lifted
{
    readonly Func<T1, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, R> ?? f.Method.CreateDelegate<Func<T1, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, R>(f);

    public R Invoke(T1 x1)
    {
        var (leaves, structure) = Transformed(ArgumentsOf(x1));
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        var reader = new TreeReader(structure, leaves);
        return Tree.Flatten(f(reader.Read<T1>()));
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        var names = ParameterNames;
        var reader = new TreeReader(structure, leaves);
        var writer = new TreeWriter(withPaths: true);
        writer.Write(names[0], reader.Read<T1>());
        return [.. writer.Paths];
    }

    static Arguments ArgumentsOf(T1 x1)
    {
        var writer = new TreeWriter();
        var ends = new int[1];
        PyTree<T1>.Default.Flatten(x1, writer);
        ends[0] = writer.Leaves.Count;
        return new(writer, ends, typeof(Func<T1, R>));
    }
}

sealed class Lifted<T1, T2, R> : Lifted
{
    readonly Func<T1, T2, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, R> ?? f.Method.CreateDelegate<Func<T1, T2, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, R>(f);

    public R Invoke(T1 x1, T2 x2)
    {
        var (leaves, structure) = Transformed(ArgumentsOf(x1, x2));
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        var reader = new TreeReader(structure, leaves);
        return Tree.Flatten(f(reader.Read<T1>(), reader.Read<T2>()));
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        var names = ParameterNames;
        var reader = new TreeReader(structure, leaves);
        var writer = new TreeWriter(withPaths: true);
        writer.Write(names[0], reader.Read<T1>());
        writer.Write(names[1], reader.Read<T2>());
        return [.. writer.Paths];
    }

    static Arguments ArgumentsOf(T1 x1, T2 x2)
    {
        var writer = new TreeWriter();
        var ends = new int[2];
        PyTree<T1>.Default.Flatten(x1, writer);
        ends[0] = writer.Leaves.Count;
        PyTree<T2>.Default.Flatten(x2, writer);
        ends[1] = writer.Leaves.Count;
        return new(writer, ends, typeof(Func<T1, T2, R>));
    }
}

sealed class Lifted<T1, T2, T3, R> : Lifted
{
    readonly Func<T1, T2, T3, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, T3, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, R>(f);

    public R Invoke(T1 x1, T2 x2, T3 x3)
    {
        var (leaves, structure) = Transformed(ArgumentsOf(x1, x2, x3));
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        var reader = new TreeReader(structure, leaves);
        return Tree.Flatten(f(reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>()));
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        var names = ParameterNames;
        var reader = new TreeReader(structure, leaves);
        var writer = new TreeWriter(withPaths: true);
        writer.Write(names[0], reader.Read<T1>());
        writer.Write(names[1], reader.Read<T2>());
        writer.Write(names[2], reader.Read<T3>());
        return [.. writer.Paths];
    }

    static Arguments ArgumentsOf(T1 x1, T2 x2, T3 x3)
    {
        var writer = new TreeWriter();
        var ends = new int[3];
        PyTree<T1>.Default.Flatten(x1, writer);
        ends[0] = writer.Leaves.Count;
        PyTree<T2>.Default.Flatten(x2, writer);
        ends[1] = writer.Leaves.Count;
        PyTree<T3>.Default.Flatten(x3, writer);
        ends[2] = writer.Leaves.Count;
        return new(writer, ends, typeof(Func<T1, T2, T3, R>));
    }
}

sealed class Lifted<T1, T2, T3, T4, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, T3, T4, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, R>(f);

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4)
    {
        var (leaves, structure) = Transformed(ArgumentsOf(x1, x2, x3, x4));
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        var reader = new TreeReader(structure, leaves);
        return Tree.Flatten(f(reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>(), reader.Read<T4>()));
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        var names = ParameterNames;
        var reader = new TreeReader(structure, leaves);
        var writer = new TreeWriter(withPaths: true);
        writer.Write(names[0], reader.Read<T1>());
        writer.Write(names[1], reader.Read<T2>());
        writer.Write(names[2], reader.Read<T3>());
        writer.Write(names[3], reader.Read<T4>());
        return [.. writer.Paths];
    }

    static Arguments ArgumentsOf(T1 x1, T2 x2, T3 x3, T4 x4)
    {
        var writer = new TreeWriter();
        var ends = new int[4];
        PyTree<T1>.Default.Flatten(x1, writer);
        ends[0] = writer.Leaves.Count;
        PyTree<T2>.Default.Flatten(x2, writer);
        ends[1] = writer.Leaves.Count;
        PyTree<T3>.Default.Flatten(x3, writer);
        ends[2] = writer.Leaves.Count;
        PyTree<T4>.Default.Flatten(x4, writer);
        ends[3] = writer.Leaves.Count;
        return new(writer, ends, typeof(Func<T1, T2, T3, T4, R>));
    }
}

sealed class Lifted<T1, T2, T3, T4, T5, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, T5, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, T3, T4, T5, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, T5, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, T5, R>(f);

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5)
    {
        var (leaves, structure) = Transformed(ArgumentsOf(x1, x2, x3, x4, x5));
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        var reader = new TreeReader(structure, leaves);
        return Tree.Flatten(f(reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>(), reader.Read<T4>(), reader.Read<T5>()));
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        var names = ParameterNames;
        var reader = new TreeReader(structure, leaves);
        var writer = new TreeWriter(withPaths: true);
        writer.Write(names[0], reader.Read<T1>());
        writer.Write(names[1], reader.Read<T2>());
        writer.Write(names[2], reader.Read<T3>());
        writer.Write(names[3], reader.Read<T4>());
        writer.Write(names[4], reader.Read<T5>());
        return [.. writer.Paths];
    }

    static Arguments ArgumentsOf(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5)
    {
        var writer = new TreeWriter();
        var ends = new int[5];
        PyTree<T1>.Default.Flatten(x1, writer);
        ends[0] = writer.Leaves.Count;
        PyTree<T2>.Default.Flatten(x2, writer);
        ends[1] = writer.Leaves.Count;
        PyTree<T3>.Default.Flatten(x3, writer);
        ends[2] = writer.Leaves.Count;
        PyTree<T4>.Default.Flatten(x4, writer);
        ends[3] = writer.Leaves.Count;
        PyTree<T5>.Default.Flatten(x5, writer);
        ends[4] = writer.Leaves.Count;
        return new(writer, ends, typeof(Func<T1, T2, T3, T4, T5, R>));
    }
}

sealed class Lifted<T1, T2, T3, T4, T5, T6, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, T5, T6, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, T3, T4, T5, T6, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, T5, T6, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, T5, T6, R>(f);

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6)
    {
        var (leaves, structure) = Transformed(ArgumentsOf(x1, x2, x3, x4, x5, x6));
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        var reader = new TreeReader(structure, leaves);
        return Tree.Flatten(
            f(reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>(), reader.Read<T4>(), reader.Read<T5>(), reader.Read<T6>())
        );
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        var names = ParameterNames;
        var reader = new TreeReader(structure, leaves);
        var writer = new TreeWriter(withPaths: true);
        writer.Write(names[0], reader.Read<T1>());
        writer.Write(names[1], reader.Read<T2>());
        writer.Write(names[2], reader.Read<T3>());
        writer.Write(names[3], reader.Read<T4>());
        writer.Write(names[4], reader.Read<T5>());
        writer.Write(names[5], reader.Read<T6>());
        return [.. writer.Paths];
    }

    static Arguments ArgumentsOf(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6)
    {
        var writer = new TreeWriter();
        var ends = new int[6];
        PyTree<T1>.Default.Flatten(x1, writer);
        ends[0] = writer.Leaves.Count;
        PyTree<T2>.Default.Flatten(x2, writer);
        ends[1] = writer.Leaves.Count;
        PyTree<T3>.Default.Flatten(x3, writer);
        ends[2] = writer.Leaves.Count;
        PyTree<T4>.Default.Flatten(x4, writer);
        ends[3] = writer.Leaves.Count;
        PyTree<T5>.Default.Flatten(x5, writer);
        ends[4] = writer.Leaves.Count;
        PyTree<T6>.Default.Flatten(x6, writer);
        ends[5] = writer.Leaves.Count;
        return new(writer, ends, typeof(Func<T1, T2, T3, T4, T5, T6, R>));
    }
}

sealed class Lifted<T1, T2, T3, T4, T5, T6, T7, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, T5, T6, T7, R> f;

    internal Lifted(Delegate f)
        : base(f) =>
        this.f = f as Func<T1, T2, T3, T4, T5, T6, T7, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, T5, T6, T7, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, T5, T6, T7, R>(f);

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6, T7 x7)
    {
        var (leaves, structure) = Transformed(ArgumentsOf(x1, x2, x3, x4, x5, x6, x7));
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        var reader = new TreeReader(structure, leaves);
        return Tree.Flatten(
            f(
                reader.Read<T1>(),
                reader.Read<T2>(),
                reader.Read<T3>(),
                reader.Read<T4>(),
                reader.Read<T5>(),
                reader.Read<T6>(),
                reader.Read<T7>()
            )
        );
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        var names = ParameterNames;
        var reader = new TreeReader(structure, leaves);
        var writer = new TreeWriter(withPaths: true);
        writer.Write(names[0], reader.Read<T1>());
        writer.Write(names[1], reader.Read<T2>());
        writer.Write(names[2], reader.Read<T3>());
        writer.Write(names[3], reader.Read<T4>());
        writer.Write(names[4], reader.Read<T5>());
        writer.Write(names[5], reader.Read<T6>());
        writer.Write(names[6], reader.Read<T7>());
        return [.. writer.Paths];
    }

    static Arguments ArgumentsOf(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6, T7 x7)
    {
        var writer = new TreeWriter();
        var ends = new int[7];
        PyTree<T1>.Default.Flatten(x1, writer);
        ends[0] = writer.Leaves.Count;
        PyTree<T2>.Default.Flatten(x2, writer);
        ends[1] = writer.Leaves.Count;
        PyTree<T3>.Default.Flatten(x3, writer);
        ends[2] = writer.Leaves.Count;
        PyTree<T4>.Default.Flatten(x4, writer);
        ends[3] = writer.Leaves.Count;
        PyTree<T5>.Default.Flatten(x5, writer);
        ends[4] = writer.Leaves.Count;
        PyTree<T6>.Default.Flatten(x6, writer);
        ends[5] = writer.Leaves.Count;
        PyTree<T7>.Default.Flatten(x7, writer);
        ends[6] = writer.Leaves.Count;
        return new(writer, ends, typeof(Func<T1, T2, T3, T4, T5, T6, T7, R>));
    }
}

sealed class Lifted<T1, T2, T3, T4, T5, T6, T7, T8, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, T5, T6, T7, T8, R> f;

    internal Lifted(Delegate f)
        : base(f) =>
        this.f = f as Func<T1, T2, T3, T4, T5, T6, T7, T8, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, T5, T6, T7, T8, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, T5, T6, T7, T8, R>(f);

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6, T7 x7, T8 x8)
    {
        var (leaves, structure) = Transformed(ArgumentsOf(x1, x2, x3, x4, x5, x6, x7, x8));
        return Tree.Unflatten<R>(structure, leaves);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        var reader = new TreeReader(structure, leaves);
        return Tree.Flatten(
            f(
                reader.Read<T1>(),
                reader.Read<T2>(),
                reader.Read<T3>(),
                reader.Read<T4>(),
                reader.Read<T5>(),
                reader.Read<T6>(),
                reader.Read<T7>(),
                reader.Read<T8>()
            )
        );
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        var names = ParameterNames;
        var reader = new TreeReader(structure, leaves);
        var writer = new TreeWriter(withPaths: true);
        writer.Write(names[0], reader.Read<T1>());
        writer.Write(names[1], reader.Read<T2>());
        writer.Write(names[2], reader.Read<T3>());
        writer.Write(names[3], reader.Read<T4>());
        writer.Write(names[4], reader.Read<T5>());
        writer.Write(names[5], reader.Read<T6>());
        writer.Write(names[6], reader.Read<T7>());
        writer.Write(names[7], reader.Read<T8>());
        return [.. writer.Paths];
    }

    static Arguments ArgumentsOf(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6, T7 x7, T8 x8)
    {
        var writer = new TreeWriter();
        var ends = new int[8];
        PyTree<T1>.Default.Flatten(x1, writer);
        ends[0] = writer.Leaves.Count;
        PyTree<T2>.Default.Flatten(x2, writer);
        ends[1] = writer.Leaves.Count;
        PyTree<T3>.Default.Flatten(x3, writer);
        ends[2] = writer.Leaves.Count;
        PyTree<T4>.Default.Flatten(x4, writer);
        ends[3] = writer.Leaves.Count;
        PyTree<T5>.Default.Flatten(x5, writer);
        ends[4] = writer.Leaves.Count;
        PyTree<T6>.Default.Flatten(x6, writer);
        ends[5] = writer.Leaves.Count;
        PyTree<T7>.Default.Flatten(x7, writer);
        ends[6] = writer.Leaves.Count;
        PyTree<T8>.Default.Flatten(x8, writer);
        ends[7] = writer.Leaves.Count;
        return new(writer, ends, typeof(Func<T1, T2, T3, T4, T5, T6, T7, T8, R>));
    }
}
