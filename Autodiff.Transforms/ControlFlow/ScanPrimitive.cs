namespace Autodiff;

/// <summary>
/// A loop with a known number of iterations. Operands: the count, an Int64 scalar, if <paramref name="Length"/> is null; then constants, initial carry
/// and xs. The body takes (index, constants, carry, a row of each of xs) and gives (carry, a row of each of ys). Results: the last carry and the
/// ys: arrays, or tapes where the length is not static. Reverse counts the index down.
/// </summary>
sealed partial record ScanPrimitive(Jaxpr Body, int Constants, int Carry, int? Length, bool Reverse) : HigherOrder
{
    /// <summary>Weak, so that a counter adapts to what it meets.</summary>
    internal static readonly Aval IndexType = new(DType.Int64, Shape.Scalar, Weak: true);

    public override string Name => "scan";
    public override IEnumerable<Jaxpr> Programs => [Body];

    int Counts => Length is null ? 1 : 0;
    int Ys => Body.Outputs.Length - Carry;
    int Xs => Body.Inputs.Length - 1 - Constants - Carry;

    Aval[] CarryTypes => Body.InputTypes[(1 + Constants)..(1 + Constants + Carry)];
    Aval[] RowTypes => Body.InputTypes[(1 + Constants + Carry)..];
    Aval[] YTypes => Body.OutputTypes[Carry..];

    /// <summary>The parts of a list that has one item an operand.</summary>
    (T[] Count, T[] Constants, T[] Carry, T[] Xs) Unpack<T>(T[] items)
    {
        var (c, k) = (Counts + Constants, Counts + Constants + Carry);
        return (items[..Counts], items[Counts..c], items[c..k], items[k..]);
    }

    public override Aval[] Infer(Aval[] xs)
    {
        var (_, constants, carry, rows) = Unpack(xs);
        CheckOperands([IndexType, .. constants, .. carry, .. rows.Select(x => x.Row)], Body.InputTypes);
        CheckOperands(Body.OutputTypes[..Carry], CarryTypes);
        return [.. CarryTypes, .. YTypes.Select(a => a.Strong.Stack(Length))];
    }

    public override Value[] Emit(ProgramBuilder builder, Value[] inputs)
    {
        var (count, constants, carry, xs) = Unpack(inputs);
        var outputs = builder.Loop(
            carry,
            xs,
            YTypes,
            (index, k, rows) => Body.Emit(builder, [index, .. constants, .. k, .. rows]),
            length: Length,
            count: count.FirstOrDefault(),
            reverse: Reverse
        );
        return [.. outputs[..Carry], .. outputs[(Carry + 1)..]];
    }

    // Which carries have a tangent is found by iteration: each round can only add some.
    protected override (NDArray[] Ys, NDArray?[] Dys) BindWidened(NDArray[] xs, NDArray?[] dxs)
    {
        var (count, c, k, x) = Unpack(xs);
        var (_, dc, dk, dx) = Unpack(dxs);
        var (nc, nk, nx) = (Mask.NonNull(dc), Mask.NonNull(dk), Mask.NonNull(dx));
        Jaxpr jvp;
        bool[] tangents;
        while (true)
        {
            (jvp, tangents) = ProgramTransforms.Jvp(Body, [false, .. nc, .. nk, .. nx], [.. nk, .. Mask.None(Ys)]);
            if (tangents.AsSpan(0, Carry).SequenceEqual(nk))
                break;
            nk = tangents[..Carry];
        }
        // [i c k x | dc dk dx] becomes [i c dc k dk x dx], and [k y | dk dy] becomes [k dk y dy].
        var (dcs, dks) = (Mask.Count(nc), Mask.Count(nk));
        var (primal, tangent) = (jvp.Inputs[..Body.Inputs.Length], jvp.Inputs[Body.Inputs.Length..]);
        var (pc, pk) = (1 + Constants, 1 + Constants + Carry);
        var (ys, dys) = (jvp.Outputs[..Body.Outputs.Length], jvp.Outputs[Body.Outputs.Length..]);
        var body = new Jaxpr(
            [
                .. primal[..pc],
                .. tangent[..dcs],
                .. primal[pc..pk],
                .. tangent[dcs..(dcs + dks)],
                .. primal[pk..],
                .. tangent[(dcs + dks)..],
            ],
            jvp.Equations,
            [.. ys[..Carry], .. dys[..dks], .. ys[Carry..], .. dys[dks..]]
        );
        var widened = new ScanPrimitive(body, Constants + dcs, Carry + dks, Length, Reverse);
        NDArray[] dInit = Instantiate(Mask.Pick(dk, nk), [.. Mask.Pick(CarryTypes, nk).Select(a => a.Strong)]);
        var r = widened.BindAll([.. count, .. c, .. Mask.Pick(dc, nc)!, .. k, .. dInit, .. x, .. Mask.Pick(dx, nx)!]);
        var wide = Carry + dks;
        return (
            [.. r[..Carry], .. r[wide..(wide + Ys)]],
            [.. Mask.Scatter(nk, r[Carry..wide]), .. Mask.Scatter(tangents[Carry..], r[(wide + Ys)..])]
        );
    }

    public override void Transpose(NDArray?[] cts, Operand[] xs, Cotangents into)
    {
        var (count, c, k, x) = Unpack(xs);
        bool[] lc = [.. c.Select(o => o.IsLinear)],
            lx = [.. x.Select(o => o.IsLinear)];
        NDArray[] knownC = [.. Mask.Drop(c, lc).Select(o => o.Known)],
            knownX = [.. Mask.Drop(x, lx).Select(o => o.Known)];
        Aval[] linearC = [.. Mask.Pick(c, lc).Select(o => o.Aval.Strong)],
            carry = [.. k.Select(o => o.Aval.Strong)];
        var given = Mask.NonNull(cts[Carry..]);
        // All carries count as linear, also where an initial value is a known zero. The sums of the linear constants enter each step, so that a gather
        // in a loop adds in place.
        var (pull, pulled) = ProgramTransforms.Transpose(
            Body,
            [false, .. lc, .. Mask.All(Carry), .. lx],
            [.. Mask.All(Carry), .. given],
            force: false,
            summed: [false, .. lc, .. Mask.None(Carry + Xs)]
        );
        var (kc, kx, ac, ys) = (knownC.Length, knownX.Length, linearC.Length, Mask.Count(given));

        // Constants: known constants. Carry: sums for the linear constants, then cotangents of the carry. Xs: cotangents of ys, then known xs.
        Aval[] inputs =
        [
            IndexType,
            .. knownC.Select(v => v.Aval),
            .. linearC,
            .. carry,
            .. Mask.Pick(YTypes, given).Select(a => a.Strong),
            .. Mask.Drop(RowTypes, lx),
        ];
        var body = Stage(
            inputs,
            a =>
            {
                var (index, known, sums) = (a[0], a[1..(1 + kc)], a[(1 + kc)..(1 + kc + ac)]);
                var rest = a[(1 + kc + ac)..];
                var (ctCarry, ctYs, rows) = (rest[..Carry], rest[Carry..(Carry + ys)], rest[(Carry + ys)..]);
                var r = Mask.Scatter(pulled, pull.Evaluate([index, .. known, .. rows, .. sums, .. ctCarry, .. ctYs]));
                return
                [
                    .. r[..ac]!,
                    .. Instantiate(r[ac..(ac + Carry)], carry),
                    .. Instantiate(r[(ac + Carry)..], [.. Mask.Pick(RowTypes, lx).Select(t => t.Strong)]),
                ];
            }
        );
        var outputs = new ScanPrimitive(body, kc, ac + Carry, Length, !Reverse).BindAll([
            .. count.Select(o => o.Known),
            .. knownC,
            .. linearC.Select(Ops.ZerosOf),
            .. Instantiate(cts[..Carry], carry),
            .. Mask.Pick(cts[Carry..], given)!,
            .. knownX,
        ]);
        NDArray?[] all =
        [
            .. count.Select(_ => (NDArray?)null),
            .. Mask.Scatter(lc, outputs[..ac]),
            .. outputs[ac..(ac + Carry)],
            .. Mask.Scatter(lx, outputs[(ac + Carry)..]),
        ];
        for (var i = 0; i < xs.Length; i++)
            if (xs[i].IsLinear)
                into.Add(i, all[i]);
    }

    public override Narrowed? Narrow(bool[] used, int operands)
    {
        var keep = used[..Carry];
        while (true)
        {
            var (body, inputs) = ProgramTransforms.Narrow(
                Body,
                [.. keep, .. used[Carry..]],
                [true, .. Mask.None(Constants), .. keep, .. Mask.None(Xs)]
            );
            var read = inputs[(1 + Constants)..(1 + Constants + Carry)];
            if (!read.AsSpan().SequenceEqual(keep))
            {
                keep = read;
                continue;
            }
            if (ReferenceEquals(body, Body))
                return null;
            var narrow = new ScanPrimitive(body, Mask.Count(inputs[1..(1 + Constants)]), Mask.Count(keep), Length, Reverse);
            return new(narrow, [.. Mask.All(Counts), .. inputs[1..]], [.. keep, .. used[Carry..]]);
        }
    }
}
