namespace Autodiff;

// One adapter an arity, alike but for the number of arguments; a delegate type is closed over one of them once.

sealed class Lifted<R> : Lifted
{
    readonly Func<R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<R> ?? f.Method.CreateDelegate<Func<R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<R>(f);

    private protected override Delegate AsFunc() => (Func<R>)Invoke;

    public R Invoke()
    {
        var arguments = Arguments.Rent(typeof(Func<R>));
        return Apply<R>(arguments);
    }

    internal override (NDArray[] Leaves, TreeStructure Structure) Call(TreeStructure structure, NDArray[] leaves)
    {
        return Tree.Flatten(f());
    }

    internal override string[] PathsOf(TreeStructure structure, NDArray[] leaves)
    {
        return [];
    }
}

sealed class Lifted<T1, R> : Lifted
{
    readonly Func<T1, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, R> ?? f.Method.CreateDelegate<Func<T1, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, R>(f);

    private protected override Delegate AsFunc() => (Func<T1, R>)Invoke;

    public R Invoke(T1 x1)
    {
        var arguments = Arguments.Rent(typeof(Func<T1, R>));
        arguments.Add(x1);
        return Apply<R>(arguments);
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
}

sealed class Lifted<T1, T2, R> : Lifted
{
    readonly Func<T1, T2, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, R> ?? f.Method.CreateDelegate<Func<T1, T2, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, R>(f);

    private protected override Delegate AsFunc() => (Func<T1, T2, R>)Invoke;

    public R Invoke(T1 x1, T2 x2)
    {
        var arguments = Arguments.Rent(typeof(Func<T1, T2, R>));
        arguments.Add(x1);
        arguments.Add(x2);
        return Apply<R>(arguments);
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
}

sealed class Lifted<T1, T2, T3, R> : Lifted
{
    readonly Func<T1, T2, T3, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, T3, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, R>(f);

    private protected override Delegate AsFunc() => (Func<T1, T2, T3, R>)Invoke;

    public R Invoke(T1 x1, T2 x2, T3 x3)
    {
        var arguments = Arguments.Rent(typeof(Func<T1, T2, T3, R>));
        arguments.Add(x1);
        arguments.Add(x2);
        arguments.Add(x3);
        return Apply<R>(arguments);
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
}

sealed class Lifted<T1, T2, T3, T4, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, T3, T4, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, R>(f);

    private protected override Delegate AsFunc() => (Func<T1, T2, T3, T4, R>)Invoke;

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4)
    {
        var arguments = Arguments.Rent(typeof(Func<T1, T2, T3, T4, R>));
        arguments.Add(x1);
        arguments.Add(x2);
        arguments.Add(x3);
        arguments.Add(x4);
        return Apply<R>(arguments);
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
}

sealed class Lifted<T1, T2, T3, T4, T5, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, T5, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, T3, T4, T5, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, T5, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, T5, R>(f);

    private protected override Delegate AsFunc() => (Func<T1, T2, T3, T4, T5, R>)Invoke;

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5)
    {
        var arguments = Arguments.Rent(typeof(Func<T1, T2, T3, T4, T5, R>));
        arguments.Add(x1);
        arguments.Add(x2);
        arguments.Add(x3);
        arguments.Add(x4);
        arguments.Add(x5);
        return Apply<R>(arguments);
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
}

sealed class Lifted<T1, T2, T3, T4, T5, T6, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, T5, T6, R> f;

    internal Lifted(Delegate f)
        : base(f) => this.f = f as Func<T1, T2, T3, T4, T5, T6, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, T5, T6, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, T5, T6, R>(f);

    private protected override Delegate AsFunc() => (Func<T1, T2, T3, T4, T5, T6, R>)Invoke;

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6)
    {
        var arguments = Arguments.Rent(typeof(Func<T1, T2, T3, T4, T5, T6, R>));
        arguments.Add(x1);
        arguments.Add(x2);
        arguments.Add(x3);
        arguments.Add(x4);
        arguments.Add(x5);
        arguments.Add(x6);
        return Apply<R>(arguments);
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
}

sealed class Lifted<T1, T2, T3, T4, T5, T6, T7, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, T5, T6, T7, R> f;

    internal Lifted(Delegate f)
        : base(f) =>
        this.f = f as Func<T1, T2, T3, T4, T5, T6, T7, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, T5, T6, T7, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, T5, T6, T7, R>(f);

    private protected override Delegate AsFunc() => (Func<T1, T2, T3, T4, T5, T6, T7, R>)Invoke;

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6, T7 x7)
    {
        var arguments = Arguments.Rent(typeof(Func<T1, T2, T3, T4, T5, T6, T7, R>));
        arguments.Add(x1);
        arguments.Add(x2);
        arguments.Add(x3);
        arguments.Add(x4);
        arguments.Add(x5);
        arguments.Add(x6);
        arguments.Add(x7);
        return Apply<R>(arguments);
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
}

sealed class Lifted<T1, T2, T3, T4, T5, T6, T7, T8, R> : Lifted
{
    readonly Func<T1, T2, T3, T4, T5, T6, T7, T8, R> f;

    internal Lifted(Delegate f)
        : base(f) =>
        this.f = f as Func<T1, T2, T3, T4, T5, T6, T7, T8, R> ?? f.Method.CreateDelegate<Func<T1, T2, T3, T4, T5, T6, T7, T8, R>>(f.Target);

    private protected override Lifted Clone() => new Lifted<T1, T2, T3, T4, T5, T6, T7, T8, R>(f);

    private protected override Delegate AsFunc() => (Func<T1, T2, T3, T4, T5, T6, T7, T8, R>)Invoke;

    public R Invoke(T1 x1, T2 x2, T3 x3, T4 x4, T5 x5, T6 x6, T7 x7, T8 x8)
    {
        var arguments = Arguments.Rent(typeof(Func<T1, T2, T3, T4, T5, T6, T7, T8, R>));
        arguments.Add(x1);
        arguments.Add(x2);
        arguments.Add(x3);
        arguments.Add(x4);
        arguments.Add(x5);
        arguments.Add(x6);
        arguments.Add(x7);
        arguments.Add(x8);
        return Apply<R>(arguments);
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
}
