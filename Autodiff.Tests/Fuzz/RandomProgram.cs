using FsCheck;
using FsCheck.Fluent;
using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>
/// A well-typed smooth expression over variables of one number. Its leaves are constants and variables by number (taken modulo those in
/// scope); loops and branches bring variables of their own.
/// </summary>
abstract record Expression
{
    /// <summary>The value, given the variables in scope, with the loops and branches of <paramref name="flow"/>.</summary>
    internal abstract NDArray Evaluate(Flow flow, NDArray[] scope);

    /// <summary>The expressions within, and the same node with others in their places.</summary>
    internal abstract IReadOnlyList<Expression> Parts { get; }

    internal abstract Expression With(IReadOnlyList<Expression> parts);

    internal int Size => 1 + Parts.Sum(p => p.Size);

    static NDArray Variable(NDArray[] scope, int number) => scope[number % scope.Length];

    internal sealed record Read(int Index) : Expression
    {
        internal override IReadOnlyList<Expression> Parts => [];

        internal override Expression With(IReadOnlyList<Expression> parts) => this;

        internal override NDArray Evaluate(Flow flow, NDArray[] scope) => Variable(scope, Index);

        public override string ToString() => $"v{Index}";
    }

    internal sealed record Number(double Value) : Expression
    {
        internal override IReadOnlyList<Expression> Parts => [];

        internal override Expression With(IReadOnlyList<Expression> parts) => this;

        internal override NDArray Evaluate(Flow flow, NDArray[] scope) => Value;

        public override string ToString() => $"{Value}";
    }

    internal sealed record Unary(string Name, Expression X) : Expression
    {
        internal static readonly Dictionary<string, Func<NDArray, NDArray>> Functions = new()
        {
            ["sin"] = Sin,
            ["tanh"] = Tanh,
            ["square"] = x => Square(Sin(x)),
            ["neg"] = x => -x,
            ["root"] = x => Sqrt(1.5 + Sin(x)),
            ["exp"] = x => Exp(Sin(x)),
        };

        internal override IReadOnlyList<Expression> Parts => [X];

        internal override Expression With(IReadOnlyList<Expression> parts) => this with { X = parts[0] };

        internal override NDArray Evaluate(Flow flow, NDArray[] scope) => Functions[Name](X.Evaluate(flow, scope));

        public override string ToString() => $"{Name}({X})";
    }

    internal sealed record Binary(string Name, Expression X, Expression Y) : Expression
    {
        internal static readonly Dictionary<string, Func<NDArray, NDArray, NDArray>> Functions = new()
        {
            ["+"] = (x, y) => x + y,
            ["-"] = (x, y) => x - y,
            ["*"] = (x, y) => x * Sin(y),
            ["/"] = (x, y) => x / (1.5 + Sin(y)),
            ["dot"] = (x, y) => Dot(Stack([x, Sin(y)]), Stack([Sin(y), Cos(x)])),
            ["max"] = (x, y) => Where(Sin(3 * x) > 0.1, x, y),
        };

        internal override IReadOnlyList<Expression> Parts => [X, Y];

        internal override Expression With(IReadOnlyList<Expression> parts) => this with { X = parts[0], Y = parts[1] };

        internal override NDArray Evaluate(Flow flow, NDArray[] scope) => Functions[Name](X.Evaluate(flow, scope), Y.Evaluate(flow, scope));

        public override string ToString() => $"({X} {Name} {Y})";
    }

    /// <summary>From near 1 the body climbs by at least a tenth a step, until a limit between 2 and 4 that depends on a variable.</summary>
    internal sealed record While(int Limit, Expression Start, Expression Body) : Expression
    {
        internal override IReadOnlyList<Expression> Parts => [Start, Body];

        internal override Expression With(IReadOnlyList<Expression> parts) => this with { Start = parts[0], Body = parts[1] };

        internal override NDArray Evaluate(Flow flow, NDArray[] scope) =>
            flow.While(
                y => y < 3 + Sin(Variable(scope, Limit)),
                y => y * 1.2 + 0.4 + 0.3 * Sin(Body.Evaluate(flow, [.. scope, y])),
                1 + 0.5 * Sin(Start.Evaluate(flow, scope))
            );

        public override string ToString() => $"while[v{Limit}]({Start}, {Body})";
    }

    internal sealed record Scan(bool Reverse, int Every, Expression Start, Expression Body) : Expression
    {
        static readonly NDArray Rows = new[] { 0.4, -1.1, 0.8 };

        internal override IReadOnlyList<Expression> Parts => [Start, Body];

        internal override Expression With(IReadOnlyList<Expression> parts) => this with { Start = parts[0], Body = parts[1] };

        internal override NDArray Evaluate(Flow flow, NDArray[] scope)
        {
            var (carry, ys) = flow.Scan(
                (c, row) =>
                {
                    var next = Sin(Body.Evaluate(flow, [.. scope, c, row]));
                    return (next + c * 0.5, next * row);
                },
                Sin(Start.Evaluate(flow, scope)),
                Rows,
                Reverse,
                checkpoint: Every > 0 ? Checkpointing.Every(Every) : null
            );
            return carry + Sum(ys);
        }

        public override string ToString() => $"scan[{(Reverse ? "reverse" : "")}{Every}]({Start}, {Body})";
    }

    internal sealed record For(int Count, Expression Start, Expression Body) : Expression
    {
        internal override IReadOnlyList<Expression> Parts => [Start, Body];

        internal override Expression With(IReadOnlyList<Expression> parts) => this with { Start = parts[0], Body = parts[1] };

        internal override NDArray Evaluate(Flow flow, NDArray[] scope) =>
            flow.For(
                0,
                AsType(Floor(2.5 + 2 * Sin(5 * Variable(scope, Count))), DType.Int64),
                (i, y) => Sin(Body.Evaluate(flow, [.. scope, y])) + 0.1 * i,
                Sin(Start.Evaluate(flow, scope))
            );

        public override string ToString() => $"for[v{Count}]({Start}, {Body})";
    }

    internal sealed record Cond(int Chooser, Expression True, Expression False) : Expression
    {
        internal override IReadOnlyList<Expression> Parts => [True, False];

        internal override Expression With(IReadOnlyList<Expression> parts) => this with { True = parts[0], False = parts[1] };

        internal override NDArray Evaluate(Flow flow, NDArray[] scope)
        {
            var operand = Variable(scope, Chooser);
            return flow.Cond(
                Sin(3 * operand) > 0,
                x => True.Evaluate(flow, [.. scope, x]) * 1.0,
                x => False.Evaluate(flow, [.. scope, x]) * 1.0,
                operand
            );
        }

        public override string ToString() => $"cond[v{Chooser}]({True}, {False})";
    }

    /// <summary>An expression under a transform of its own.</summary>
    internal sealed record Nested(string Name, Expression At, Expression Body) : Expression
    {
        internal static readonly string[] Names = ["grad", "jvp", "vmap", "jit", "checkpoint"];

        internal override IReadOnlyList<Expression> Parts => [At, Body];

        internal override Expression With(IReadOnlyList<Expression> parts) => this with { At = parts[0], Body = parts[1] };

        internal override NDArray Evaluate(Flow flow, NDArray[] scope)
        {
            var at = Sin(At.Evaluate(flow, scope)) * 1.0;
            NDArray F(NDArray x) => Sin(Body.Evaluate(flow, [.. scope, x])) + x * 0.1;
            return Name switch
            {
                "grad" => Grad(F)(at),
                "jvp" => Jvp(F, at, Cos(at)).Tangent,
                "vmap" => Sum(flow.Each(F, Stack([at, at + 0.5]))),
                "jit" => flow.Jit(F)(at),
                _ => flow.Checkpoint(F)(at),
            };
        }

        public override string ToString() => $"{Name}({At}, {Body})";
    }
}

/// <summary>Random expressions, and the smaller ones that stand for a failing one.</summary>
static class RandomProgram
{
    internal static readonly Arbitrary<Expression> Arbitrary = Arb.From(OfDepth(3), Shrink);

    static Gen<Expression> OfDepth(int depth)
    {
        var number = Gen.Choose(0, 5);
        var leaf = Gen.OneOf(
            number.Select(Expression (n) => new Expression.Read(n)),
            Gen.Choose(-20, 20).Select(Expression (n) => new Expression.Number(n / 10.0))
        );
        if (depth == 0)
            return leaf;
        var part = OfDepth(depth - 1);
        var pair = part.Two();
        var small = OfDepth(Math.Max(0, depth - 2)).Zip(part);
        return Gen.Frequency(
            (1, leaf),
            (2, Gen.Elements(Expression.Unary.Functions.Keys.ToArray()).Zip(part, Expression (f, x) => new Expression.Unary(f, x))),
            (
                3,
                Gen.Elements(Expression.Binary.Functions.Keys.ToArray())
                    .Zip(pair, Expression (f, p) => new Expression.Binary(f, p.Item1, p.Item2))
            ),
            (2, number.Zip(small, Expression (n, p) => new Expression.While(n, p.Item1, p.Item2))),
            (2, number.Zip(small, Expression (n, p) => new Expression.Scan(n % 2 == 0, n / 2, p.Item1, p.Item2))),
            (1, number.Zip(small, Expression (n, p) => new Expression.For(n, p.Item1, p.Item2))),
            (2, number.Zip(pair, Expression (n, p) => new Expression.Cond(n, p.Item1, p.Item2))),
            (2, Gen.Elements(Expression.Nested.Names).Zip(small, Expression (f, p) => new Expression.Nested(f, p.Item1, p.Item2)))
        );
    }

    // A part instead of the whole, then the whole with a smaller part.
    static IEnumerable<Expression> Shrink(Expression e)
    {
        foreach (var part in e.Parts)
            yield return part;
        for (var i = 0; i < e.Parts.Count; i++)
            foreach (var smaller in Shrink(e.Parts[i]))
                yield return e.With([.. e.Parts.Select((p, k) => k == i ? smaller : p)]);
        if (e is Expression.Number { Value: not 0 })
            yield return new Expression.Number(0);
        if (e is Expression.Read { Index: > 0 })
            yield return new Expression.Read(0);
    }
}
