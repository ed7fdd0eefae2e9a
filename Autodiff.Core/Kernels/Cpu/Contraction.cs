namespace Autodiff;

/// <summary>
/// Turns products that are added up into fused multiply-adds, which take one instruction and round once. The sum of two products is left
/// alone, unless both are squares: a·d − b·c must be 0 where the products are equal, and a sum that cannot be negative must not become so.
/// </summary>
static class Contraction
{
    internal static Program Run(Program program) => new(Rewrite(program.Body)) { Donated = program.Donated };

    static Block Rewrite(Block block) => new(block.Parameters, Array.ConvertAll(block.Steps, Rewrite), block.Results);

    static Step Rewrite(Step step) =>
        step is not KernelStep kernel ? step.Rebuild(v => v, Rewrite)
        : kernel.Kernel.Expressions.Nodes().Any(IsSum) ? new KernelStep(Contract(kernel.Kernel), step.Inputs, step.Outputs)
        : step;

    static bool IsSum(Scalar node) => node is Apply { Op: ScalarOp.Add or ScalarOp.Sub, Type.IsFloat: true };

    static Kernel Contract(Kernel kernel)
    {
        var shared = SharedProducts(kernel);
        var rewrite = Scalar.Rewriting(
            (node, visit) => node is Apply sum && IsSum(sum) && Fuse(sum, shared) is var (a, b, c) ? visit(a).Fma(visit(b), visit(c)) : null
        );
        return kernel.WithValues(rewrite);
    }

    /// <summary>The factors of a product that is read once, and what is added to it; null if there is none.</summary>
    static (Scalar A, Scalar B, Scalar C)? Fuse(Apply sum, HashSet<Scalar> shared)
    {
        var (x, y, subtracts) = (sum.Arguments[0], sum.Arguments[1], sum.Op == ScalarOp.Sub);
        if (IsProduct(x) && IsProduct(y) && (subtracts || !IsSquare(x) || !IsSquare(y)))
            return null;
        if (IsProduct(y) && !shared.Contains(y) && y is Apply { Arguments: [var a, var b] })
            return subtracts
                ? Negated(a, b) is var (c, d)
                    ? (c, d, x)
                    : null
                : (a, b, x);
        if (IsProduct(x) && !shared.Contains(x) && x is Apply { Arguments: [var e, var f] })
            return (e, f, subtracts ? Negated(y) : y);
        return null;
    }

    static bool IsProduct(Scalar node) => node is Apply { Op: ScalarOp.Mul };

    static bool IsSquare(Scalar node) => node is Apply { Arguments: [var a, var b] } && ReferenceEquals(a, b);

    static (Scalar, Scalar) Negated(Scalar a, Scalar b) => b is Constant ? (a, Negated(b)) : (Negated(a), b);

    static Scalar Negated(Scalar x) =>
        x switch
        {
            Constant c => c.Like(-c.Value),
            Apply { Op: ScalarOp.Neg, Arguments: [var y] } => y,
            _ => -x,
        };

    // A product that is needed anyway is better added than computed twice.
    static HashSet<Scalar> SharedProducts(Kernel kernel)
    {
        var (read, shared) = (new HashSet<Scalar>(), new HashSet<Scalar>());
        void Read(Scalar node)
        {
            if (IsProduct(node) && !read.Add(node))
                shared.Add(node);
        }
        foreach (var output in kernel.Outputs)
            Read(output.Value);
        foreach (var node in kernel.Expressions.Nodes())
            if (node is Apply apply)
                foreach (var argument in apply.Arguments)
                    Read(argument);
        return shared;
    }
}
