namespace Autodiff;

/// <summary>Derivative rules on flat arrays that a user gave. Compared by reference: each call of CustomJvp or CustomVjp makes its own.</summary>
sealed class CustomRules
{
    /// <summary>(x…, dx…) gives y… and dy….</summary>
    internal Func<NDArray[], NDArray[], (NDArray[] Ys, NDArray[] Dys)>? Jvp { get; init; }

    /// <summary>x… gives y… and the residuals.</summary>
    internal Func<NDArray[], (NDArray[] Ys, NDArray[] Residuals)>? Forward { get; init; }

    /// <summary>(residuals…, cotangents of y…) gives the cotangents of x….</summary>
    internal Func<NDArray[], NDArray[], NDArray[]>? Backward { get; init; }

    /// <summary>The rules for a batch of which only some arguments have a batch axis.</summary>
    internal CustomRules Batch(int size, bool[] batched)
    {
        Batched[] Zip(NDArray[] xs) => [.. xs.Select((x, i) => new Batched(x, batched[i]))];
        NDArray[] All(Batched[] ys) => Array.ConvertAll(ys, y => y.Materialize(size));
        Batched[] Whole(NDArray[] xs) => Array.ConvertAll(xs, x => new Batched(x, true));
        return new()
        {
            Jvp = Jvp is null
                ? null
                : (xs, dxs) =>
                {
                    var n = 0;
                    var results = Batching.Batch(
                        a =>
                        {
                            var (ys, dys) = Jvp(a[..xs.Length], a[xs.Length..]);
                            n = ys.Length;
                            return [.. ys, .. dys];
                        },
                        size,
                        [.. Zip(xs), .. Zip(dxs)]
                    );
                    var all = All(results);
                    return (all[..n], all[n..]);
                },
            Forward = Forward is null
                ? null
                : xs =>
                {
                    var n = 0;
                    var results = Batching.Batch(
                        a =>
                        {
                            var (ys, residuals) = Forward(a);
                            n = ys.Length;
                            return [.. ys, .. residuals];
                        },
                        size,
                        Zip(xs)
                    );
                    var all = All(results);
                    return (all[..n], all[n..]);
                },
            // An argument that all examples share gets the sum of their cotangents.
            Backward = Backward is null
                ? null
                : (residuals, cts) =>
                {
                    var pulled = All(
                        Batching.Batch(
                            a => Backward(a[..residuals.Length], a[residuals.Length..]),
                            size,
                            [.. Whole(residuals), .. Whole(cts)]
                        )
                    );
                    return [.. pulled.Select((ct, i) => batched[i] ? ct : new Ops.ReduceSumPrimitive([0]).Bind(ct))];
                },
        };
    }
}

/// <summary>A function with derivative rules of its own. Its first operands are values that it captured, which must not be differentiated.</summary>
sealed record CustomPrimitive(Jaxpr Body, int Captured, CustomRules Rules) : Primitive, ICarriesPrograms
{
    public override string Name => "custom_call";
    IEnumerable<Jaxpr> ICarriesPrograms.Programs => [Body];

    public override Aval[] Infer(Aval[] xs) => Body.OutputTypes;

    public override Lowered Lower(Aval[] xs) => throw new NotSupportedException("A custom call is not one kernel; see Emit.");

    public override Primitive Evaluated => new JitPrimitive(Body);

    public override Value[] Emit(ProgramBuilder builder, Value[] inputs) => Body.Emit(builder, inputs);

    public override NDArray?[] Jvp(NDArray[] xs, NDArray[] ys, NDArray?[] dxs) =>
        throw new NotSupportedException("A custom call differentiates as a whole.");

    public override (NDArray[] Ys, NDArray?[] Dys) Differentiate(Trace primals, Trace tangents, NDArray[] xs, NDArray?[] dxs)
    {
        if (Array.TrueForAll(dxs, d => d is null))
            using (primals.Enter())
            {
                var ys = BindAll(xs);
                return (ys, new NDArray?[ys.Length]);
            }
        if (Array.Exists(dxs[..Captured], d => d is not null))
            throw new CustomRuleException(
                "A function with a custom derivative rule captured a value that is being differentiated. Pass it as an argument, so that the rule can give its derivative."
            );
        var (x, dx) = (xs[Captured..], dxs[Captured..]);
        if (Rules.Jvp is { } jvp && Rules.Forward is null)
            using (tangents.Enter())
            {
                var (ys, dys) = jvp(x, [.. dx.Select((d, i) => d ?? Ops.ZerosLike(x[i]))]);
                return (ys, dys);
            }
        NDArray[] values,
            residuals;
        using (primals.Enter())
            (values, residuals) = Rules.Forward!(x);
        using (tangents.Enter())
            return (values, CustomTangentPrimitive.Bind(Rules, residuals, values, x, dx));
    }

    public NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs) => trace.Record(this, xs);

    public override Batched[] Batch(int size, Batched[] xs)
    {
        var batched = Array.ConvertAll(xs, x => x.IsBatched);
        var (body, outputs) = ProgramTransforms.Batch(Body, size, batched, Mask.All(Body.Outputs.Length));
        var call = new CustomPrimitive(body, Captured, Rules.Batch(size, batched[Captured..]));
        return Array.ConvertAll(call.BindAll(Array.ConvertAll(xs, x => x.Value)), y => new Batched(y, true));
    }
}

/// <summary>
/// The tangent of a function whose derivative is known by its pullback: linear in its last operands, the tangents; those before are known. Its transpose is
/// the pullback. Where the tangent itself is needed it is the user's pushforward or, if there is none, the transpose of the pullback.
/// </summary>
/// <param name="Backward">(known…, cotangents of y…) gives the cotangents of x….</param>
/// <param name="Forward">(known…, tangents of x…) gives the tangents of y…; null to transpose Backward.</param>
/// <param name="Known">The number of operands that are not tangents.</param>
sealed record CustomTangentPrimitive(Jaxpr Backward, Jaxpr? Forward, int Known) : Primitive, ICarriesPrograms
{
    public override string Name => "custom_tangent";
    IEnumerable<Jaxpr> ICarriesPrograms.Programs => Forward is null ? [Backward] : [Backward, Forward];

    Aval[] ValueTypes => Backward.InputTypes[Known..];

    // Integers have neither tangents nor cotangents.
    internal static NDArray?[] Bind(CustomRules rules, NDArray[] residuals, NDArray[] values, NDArray[] xs, NDArray?[] dxs)
    {
        var (floatXs, floatYs) = (Array.ConvertAll(xs, x => x.DType.IsFloat), Array.ConvertAll(values, y => y.DType.IsFloat));
        var (r, k) = (residuals.Length, residuals.Length + xs.Length);
        Aval[] known = [.. residuals.Select(v => v.Aval), .. xs.Select(x => x.Aval)];
        var backward = StagingTrace.Stage(
            [.. known, .. Mask.Pick(values, floatYs).Select(y => y.Aval.Strong)],
            a => Mask.Pick(rules.Backward!(a[..r], Written(Mask.Scatter(floatYs, a[k..]), values)), floatXs)
        );
        ClosedJaxpr[] programs = [backward];
        if (rules.Jvp is { } jvp)
        {
            var forward = StagingTrace.Stage(
                [.. known, .. Mask.Pick(xs, floatXs).Select(x => x.Aval.Strong)],
                a => Mask.Pick(jvp(a[r..k], Written(Mask.Scatter(floatXs, a[k..]), xs)).Dys, floatYs)
            );
            programs = [backward, forward];
        }
        var (shared, captured) = Bodies.Union(programs);
        var tangent = new CustomTangentPrimitive(shared[0], shared.ElementAtOrDefault(1), captured.Length + k);
        var tangents = Written(Mask.Pick(dxs, floatXs), Mask.Pick(xs, floatXs));
        return Mask.Scatter(floatYs, tangent.BindAll([.. captured, .. residuals, .. xs, .. tangents]));
    }

    static NDArray[] Written(NDArray?[] given, NDArray[] like) => [.. given.Select((d, i) => d ?? Ops.ZerosLike(like[i]))];

    public override Aval[] Infer(Aval[] xs) => Array.ConvertAll(ValueTypes, a => a.Strong);

    public override Lowered Lower(Aval[] xs) => throw new NotSupportedException("A custom tangent is not one kernel; see Emit.");

    Jaxpr Pushforward =>
        Forward
        ?? ProgramTransforms
            .Transpose(Backward, [.. Mask.None(Known), .. Mask.All(ValueTypes.Length)], Mask.All(Backward.Outputs.Length), force: true)
            .Program;

    public override Primitive Evaluated => new JitPrimitive(Pushforward);

    public override Value[] Emit(ProgramBuilder builder, Value[] inputs) => Pushforward.Emit(builder, inputs);

    public override (NDArray[] Ys, NDArray?[] Dys) Differentiate(Trace primals, Trace tangents, NDArray[] xs, NDArray?[] dxs) =>
        ForwardMode.Jvp(primals, tangents, Pushforward.Evaluate, xs, dxs);

    public override NDArray?[] Jvp(NDArray[] xs, NDArray[] ys, NDArray?[] dxs) =>
        throw new NotSupportedException("A custom tangent differentiates as a whole.");

    public NDArray[] PartialEvaluate(StagingTrace trace, NDArray[] xs) => trace.Record(this, xs);

    public override void Transpose(NDArray?[] cts, Operand[] xs, Cotangents into)
    {
        var given = cts.Select((c, i) => c ?? Ops.ZerosOf(ValueTypes[i].Strong));
        var pulled = Backward.Evaluate([.. xs[..Known].Select(r => r.Known), .. given]);
        for (var i = 0; i < pulled.Length; i++)
            if (xs[Known + i].IsLinear)
                into.Add(Known + i, pulled[i]);
    }

    public override Batched[] Batch(int size, Batched[] xs)
    {
        bool[] batched = [.. xs[..Known].Select(r => r.IsBatched)];
        Jaxpr Batch(Jaxpr jaxpr) =>
            ProgramTransforms
                .Batch(jaxpr, size, [.. batched, .. Mask.All(jaxpr.Inputs.Length - Known)], Mask.All(jaxpr.Outputs.Length))
                .Program;
        var tangent = new CustomTangentPrimitive(Batch(Backward), Forward is null ? null : Batch(Forward), Known);
        NDArray[] operands = [.. xs[..Known].Select(r => r.Value), .. xs[Known..].Select(d => d.Materialize(size))];
        return Array.ConvertAll(tangent.BindAll(operands), y => new Batched(y, true));
    }
}
