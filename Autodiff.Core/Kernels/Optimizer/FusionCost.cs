namespace Autodiff;

/// <summary>
/// What it costs to compute an expression once: <paramref name="Nodes"/> of its graph, <paramref name="Loads"/> of elements,
/// <paramref name="SmallLoads"/> from arrays so small that they stay in the cache, <paramref name="Arithmetic"/> in additions, and
/// <paramref name="Indexing"/>, integer and logical work. <paramref name="Gathers"/> tells whether an element is found through an array of
/// indices, <paramref name="Computes"/> whether anything but selection is done with elements.
/// </summary>
readonly record struct FusionCost(int Nodes, int Loads, int SmallLoads, int Arithmetic, int Indexing, bool Gathers, bool Computes)
{
    /// <summary>The work of a kernel that still compiles to good code, in nodes.</summary>
    internal const int MostNodes = 600;

    /// <summary>
    /// Whether computing it again costs no more than loading it: movement, index arithmetic, an operation or two on one element.
    /// </summary>
    internal bool IsFree => Loads <= 1 && SmallLoads <= 2 && Arithmetic <= 2 && Indexing <= 24 && !Gathers;

    /// <summary>Whether it only moves elements or computes from indices.</summary>
    internal bool IsMovement => IsFree && Arithmetic == 0 && !Computes;

    internal bool IsCheap => Arithmetic + Indexing <= 8 && !Gathers;

    /// <summary>This cost with <paramref name="loads"/> loads of an array of a rank replaced by computing it.</summary>
    internal FusionCost Inline(FusionCost body, int loads, int rank, bool small)
    {
        var replaced = rank == 0 ? 0 : loads;
        return new(
            Nodes + loads * body.Nodes,
            small ? Loads : Loads - replaced + loads * body.Loads,
            small ? SmallLoads - replaced + loads * (body.Loads + body.SmallLoads) : SmallLoads + loads * body.SmallLoads,
            Arithmetic + loads * body.Arithmetic,
            Indexing + loads * body.Indexing,
            Gathers || body.Gathers,
            Computes || body.Computes
        );
    }

    internal static FusionCost Of(IEnumerable<Scalar> expressions, Func<Element, bool>? isSmall = null)
    {
        var cost = new FusionCost();
        foreach (var node in expressions.Nodes())
        {
            cost = cost with { Nodes = cost.Nodes + 1 };
            switch (node)
            {
                case Element { Index.Length: 0 }:
                    break;
                case Element e:
                    var small = isSmall?.Invoke(e) == true ? 1 : 0;
                    cost = cost with
                    {
                        Loads = cost.Loads + 1 - small,
                        SmallLoads = cost.SmallLoads + small,
                        Gathers = cost.Gathers || Gathered(e),
                    };
                    break;
                case Apply a when IsIndexing(a):
                    cost = cost with { Computes = cost.Computes || (a.Op != ScalarOp.Select && Array.Exists(a.Arguments, IsData)) };
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

    static bool IsData(Scalar s) => s is Element or Apply { Op: ScalarOp.Select };

    static bool Gathered(Element e) => e.Index.Nodes().Any(n => n is Element { Index.Length: > 0 });

    /// <summary>The time of an operation in additions.</summary>
    internal static int Weight(ScalarOp op) =>
        op switch
        {
            ScalarOp.Div or ScalarOp.Sqrt => 4,
            ScalarOp.Rem => 6,
            ScalarOp.Cbrt
            or ScalarOp.Exp
            or ScalarOp.Exp2
            or ScalarOp.Expm1
            or ScalarOp.Log
            or ScalarOp.Log2
            or ScalarOp.Log10
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
