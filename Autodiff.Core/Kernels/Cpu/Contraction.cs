namespace Autodiff;

/// <summary>
/// Turns products that are added up into fused multiply-adds, which take one instruction and round once. The sum of two products is left
/// alone, unless both are squares: a·d − b·c must be 0 where the products are equal, and a sum that cannot be negative must not become so.
/// </summary>
sealed class Contraction
{
    readonly OperandTable operands = new(new());

    // How many steps and blocks read each value.
    readonly Dictionary<Value, int> reads = [];

    // The values that are products, by their number, with the kernel that computes them.
    readonly Dictionary<int, (KernelStep Step, Apply Product)> products = [];

    // The products of scalars that became part of the only sum that reads them.
    readonly HashSet<Step> taken = [];

    Contraction(Block body)
    {
        void Read(Value value) => reads[value] = reads.GetValueOrDefault(value) + 1;
        foreach (var step in body.Steps)
            step.VisitReads(Read);
        foreach (var result in body.Results)
            Read(result);
    }

    internal static Program Run(Program program) => new(new Contraction(program.Body).Rewrite(program.Body)) { Donated = program.Donated };

    Block Rewrite(Block block)
    {
        var done = new HashSet<Step>();
        var steps = Array.ConvertAll(
            block.Steps,
            step =>
            {
                step = step is KernelStep kernel ? Contract(kernel, done) : step.Rebuild(v => v, Rewrite);
                done.Add(step);
                return step;
            }
        );
        return new(block.Parameters, Array.FindAll(steps, s => !taken.Contains(s)), block.Results);
    }

    KernelStep Contract(KernelStep step, HashSet<Step> block)
    {
        if (!step.Kernel.Expressions.Nodes().Any(n => n.Type.IsFloat && n is Apply { Op: ScalarOp.Add or ScalarOp.Sub or ScalarOp.Mul }))
            return step;
        var kernel = operands.Open(step);
        var contracted = Contract(kernel, block);
        if (!ReferenceEquals(contracted, kernel))
            step = operands.Close(contracted, step.Outputs);
        if (contracted.IsMap)
            for (var o = 0; o < step.Outputs.Length; o++)
                if (contracted.Outputs[o].Value is Apply { Op: ScalarOp.Mul } product)
                    products[operands.Id(step.Outputs[o])] = (step, product);
        return step;
    }

    Kernel Contract(Kernel kernel, HashSet<Step> block)
    {
        HashSet<Scalar>? shared = null;
        var changed = false;
        var rewrite = Scalar.Rewriting(
            (node, visit) =>
            {
                if (!IsSum(node) || Fuse((Apply)node, kernel.Space, block, shared ??= SharedProducts(kernel)) is not var (a, b, c))
                    return null;
                changed = true;
                return visit(a).Fma(visit(b), visit(c));
            }
        );
        var contracted = kernel.WithValues(rewrite);
        return changed ? contracted : kernel;
    }

    static bool IsSum(Scalar node) => node is Apply { Op: ScalarOp.Add or ScalarOp.Sub, Type.IsFloat: true };

    /// <summary>The factors of a product that nothing else reads, and what is added to it; null if there is none.</summary>
    (Scalar A, Scalar B, Scalar C)? Fuse(Apply sum, Shape space, HashSet<Step> block, HashSet<Scalar> shared)
    {
        var (x, y, subtracts) = (sum.Arguments[0], sum.Arguments[1], sum.Op == ScalarOp.Sub);
        var (left, right) = (ProductAt(x, space), ProductAt(y, space));
        if (left is not null && right is not null && (subtracts || !IsSquare(left) || !IsSquare(right)))
            return null;
        if (right is { Arguments: [var a, var b] } && Take(y, block, shared))
            return subtracts
                ? Negated(a, b) is var (c, d)
                    ? (c, d, x)
                    : null
                : (a, b, x);
        if (left is { Arguments: [var e, var f] } && Take(x, block, shared))
            return (e, f, subtracts ? Negated(y) : y);
        return null;
    }

    /// <summary>The product that an expression is: itself, or what an operand was computed as.</summary>
    Apply? ProductAt(Scalar node, Shape space) =>
        node is Apply { Op: ScalarOp.Mul } product ? product
        : node is Element e && e.Index.IsOwn(space) && products.TryGetValue(e.Operand, out var operand) ? operand.Product
        : null;

    /// <summary>Whether a product may become part of the sum that reads it. A scalar is then no longer computed on its own.</summary>
    bool Take(Scalar product, HashSet<Step> block, HashSet<Scalar> shared)
    {
        // What is needed anyway is better added than computed twice.
        if (shared.Contains(product))
            return false;
        if (product is not Element e)
            return true;
        var step = products[e.Operand].Step;
        return step is { Kernel.Space.Rank: 0, Outputs.Length: 1 }
            && reads[operands[e.Operand]] == 1
            && block.Contains(step)
            && taken.Add(step);
    }

    static bool IsSquare(Apply product) => ReferenceEquals(product.Arguments[0], product.Arguments[1]);

    static (Scalar, Scalar) Negated(Scalar a, Scalar b) => b is Constant ? (a, Negated(b)) : (Negated(a), b);

    static Scalar Negated(Scalar x) =>
        x switch
        {
            Constant c => c.Like(-c.Value),
            Apply { Op: ScalarOp.Neg, Arguments: [var y] } => y,
            _ => -x,
        };

    /// <summary>The products, and the elements, that an expression reads more than once.</summary>
    static HashSet<Scalar> SharedProducts(Kernel kernel)
    {
        var (read, shared) = (new HashSet<Scalar>(), new HashSet<Scalar>());
        void Read(Scalar node)
        {
            if (node is Element or Apply { Op: ScalarOp.Mul } && !read.Add(node))
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
