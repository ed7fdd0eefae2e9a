namespace Autodiff;

/// <summary>
/// What it costs to compute an expression once: <paramref name="Nodes"/> of its graph, <paramref name="Loads"/> of elements,
/// <paramref name="Arithmetic"/> in additions, and <paramref name="Indexing"/>, integer and logical work. <paramref name="Gathers"/> tells whether
/// an element is found through an array of indices.
/// </summary>
readonly record struct FusionCost(int Nodes, int Loads, int Arithmetic, int Indexing, bool Gathers)
{
    /// <summary>The work of a kernel that still compiles to good code, in nodes.</summary>
    internal const int MostNodes = 600;

    /// <summary>Whether computing it again costs no more than loading it: movement, index arithmetic, an operation or two on one element.</summary>
    internal bool IsFree => Loads <= 1 && Arithmetic <= 2 && Indexing <= 24 && !Gathers;

    /// <summary>Whether it only moves elements or computes from indices.</summary>
    internal bool IsMovement => IsFree && Arithmetic == 0;

    internal bool IsCheap => Arithmetic + Indexing <= 8 && !Gathers;

    internal FusionCost Plus(FusionCost other, int times) =>
        new(
            Nodes + times * other.Nodes,
            Loads + times * (other.Loads - 1),
            Arithmetic + times * other.Arithmetic,
            Indexing + times * other.Indexing,
            Gathers || other.Gathers
        );

    internal static FusionCost Of(IEnumerable<Scalar> expressions)
    {
        var cost = new FusionCost();
        foreach (var node in expressions.Nodes())
        {
            cost = cost with { Nodes = cost.Nodes + 1 };
            switch (node)
            {
                case Element e:
                    cost = cost with { Loads = cost.Loads + (e.Index.Length == 0 ? 0 : 1), Gathers = cost.Gathers || Gathered(e) };
                    break;
                case Apply a when IsIndexing(a):
                    cost = cost with { Indexing = cost.Indexing + Weight(a.Op) };
                    break;
                case Apply a:
                    cost = cost with { Arithmetic = cost.Arithmetic + Weight(a.Op) };
                    break;
            }
        }
        return cost;
    }

    static bool IsIndexing(Apply a) =>
        a.Op is ScalarOp.Select or ScalarOp.Convert or ScalarOp.Bitcast || !a.Type.IsFloat && !a.Arguments[0].Type.IsFloat;

    static bool Gathered(Element e) => e.Index.Nodes().Any(n => n is Element { Index.Length: > 0 });

    /// <summary>The time of an operation in additions.</summary>
    internal static int Weight(ScalarOp op) =>
        op switch
        {
            ScalarOp.Div or ScalarOp.Sqrt => 4,
            ScalarOp.Rem => 6,
            ScalarOp.Cbrt
            or ScalarOp.Exp
            or ScalarOp.Expm1
            or ScalarOp.Log
            or ScalarOp.Log1p
            or ScalarOp.Sin
            or ScalarOp.Cos
            or ScalarOp.Tan
            or ScalarOp.Sinh
            or ScalarOp.Cosh
            or ScalarOp.Tanh
            or ScalarOp.Asin
            or ScalarOp.Acos
            or ScalarOp.Atan
            or ScalarOp.Erf
            or ScalarOp.Erfc => 20,
            ScalarOp.Pow or ScalarOp.Atan2 or ScalarOp.ErfInv or ScalarOp.Lgamma or ScalarOp.Digamma => 40,
            _ => 1,
        };
}
