using static Autodiff.Ops;

namespace Autodiff.Tests;

/// <summary>
/// Control flow as a parameter: a program is written once and runs with the primitives of the library or with C#'s own statements,
/// which know nothing of tracing and so say what the primitives must give.
/// </summary>
public abstract class Flow
{
    public static readonly Flow Primitives = new PrimitiveFlow();
    public static readonly Flow Plain = new PlainFlow();

    public abstract C While<C>(Func<C, NDArray> condition, Func<C, C> body, C init);

    public abstract C For<C>(NDArray lower, NDArray upper, Func<NDArray, C, C> body, C init, Checkpointing? checkpoint = null);

    public abstract (C Carry, Y Ys) Scan<C, X, Y>(
        Func<C, X, (C, Y)> body,
        C init,
        X xs,
        bool reverse = false,
        int unroll = 1,
        Checkpointing? checkpoint = null
    );

    public abstract NDArray Cond(NDArray predicate, Func<NDArray, NDArray> ifTrue, Func<NDArray, NDArray> ifFalse, NDArray operand);

    public abstract NDArray Switch(NDArray index, Func<NDArray, NDArray>[] branches, NDArray operand);

    /// <summary>f of every row.</summary>
    public abstract NDArray Each(Func<NDArray, NDArray> f, NDArray rows);

    public abstract Func<NDArray, NDArray> Jit(Func<NDArray, NDArray> f);

    public abstract Func<NDArray, NDArray> Checkpoint(Func<NDArray, NDArray> f);

    sealed class PrimitiveFlow : Flow
    {
        public override C While<C>(Func<C, NDArray> condition, Func<C, C> body, C init) => Transform.WhileLoop(condition, body, init);

        public override C For<C>(NDArray lower, NDArray upper, Func<NDArray, C, C> body, C init, Checkpointing? checkpoint = null) =>
            Transform.ForiLoop(lower, upper, body, init, checkpoint);

        public override (C Carry, Y Ys) Scan<C, X, Y>(
            Func<C, X, (C, Y)> body,
            C init,
            X xs,
            bool reverse = false,
            int unroll = 1,
            Checkpointing? checkpoint = null
        ) => Transform.Scan(body, init, xs, null, reverse, unroll, checkpoint);

        public override NDArray Cond(NDArray predicate, Func<NDArray, NDArray> ifTrue, Func<NDArray, NDArray> ifFalse, NDArray operand) =>
            Transform.Cond(predicate, ifTrue, ifFalse, operand);

        public override NDArray Switch(NDArray index, Func<NDArray, NDArray>[] branches, NDArray operand) =>
            Transform.Switch(index, branches, operand);

        public override NDArray Each(Func<NDArray, NDArray> f, NDArray rows) => Transform.Vmap(f)(rows);

        public override Func<NDArray, NDArray> Jit(Func<NDArray, NDArray> f) => Transform.Jit(f);

        public override Func<NDArray, NDArray> Checkpoint(Func<NDArray, NDArray> f) => Transform.Checkpoint(f);
    }

    sealed class PlainFlow : Flow
    {
        public override C While<C>(Func<C, NDArray> condition, Func<C, C> body, C init)
        {
            var carry = init;
            while ((bool)condition(carry))
                carry = body(carry);
            return carry;
        }

        public override C For<C>(NDArray lower, NDArray upper, Func<NDArray, C, C> body, C init, Checkpointing? checkpoint = null)
        {
            var carry = init;
            for (var i = (long)lower; i < (long)upper; i++)
                carry = body(i, carry);
            return carry;
        }

        public override (C Carry, Y Ys) Scan<C, X, Y>(
            Func<C, X, (C, Y)> body,
            C init,
            X xs,
            bool reverse = false,
            int unroll = 1,
            Checkpointing? checkpoint = null
        )
        {
            var length = Tree.Leaves(xs)[0].Length;
            var carry = init;
            var ys = new Y[length];
            for (var step = 0; step < length; step++)
            {
                var i = reverse ? length - 1 - step : step;
                (carry, ys[i]) = body(carry, Tree.Map(x => x[i], xs));
            }
            var rows = Array.ConvertAll(ys, y => Tree.Leaves(y));
            var stacked = rows[0].Select((_, leaf) => Stack([.. rows.Select(row => row[leaf])]));
            return (carry, Tree.Unflatten<Y>(Tree.Structure(ys[0]), [.. stacked]));
        }

        public override NDArray Cond(NDArray predicate, Func<NDArray, NDArray> ifTrue, Func<NDArray, NDArray> ifFalse, NDArray operand) =>
            (bool)predicate ? ifTrue(operand) : ifFalse(operand);

        public override NDArray Switch(NDArray index, Func<NDArray, NDArray>[] branches, NDArray operand) =>
            branches[Math.Clamp((int)index, 0, branches.Length - 1)](operand);

        public override NDArray Each(Func<NDArray, NDArray> f, NDArray rows) =>
            Stack([.. Enumerable.Range(0, rows.Length).Select(i => f(rows[i]))]);

        public override Func<NDArray, NDArray> Jit(Func<NDArray, NDArray> f) => f;

        public override Func<NDArray, NDArray> Checkpoint(Func<NDArray, NDArray> f) => f;
    }
}
