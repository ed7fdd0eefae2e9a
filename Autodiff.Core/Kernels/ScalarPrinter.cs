using System.Globalization;
using System.Runtime.InteropServices;

namespace Autodiff;

/// <summary>
/// Writes the expressions of one kernel as text. What is large and used more than once is named, t0, t1 …, and so is what would grow too
/// long.
/// </summary>
sealed class ScalarPrinter
{
    // Counted in nodes: a shared expression from this size on is named,
    const int SharedSize = 4;

    // and any expression from this size on.
    const int LongestSize = 32;

    // How tightly an operator binds; a call and a name bind tightest.
    const int Tightest = 10;

    readonly string[] operands;
    readonly Dictionary<Scalar, int> uses = [];
    readonly Dictionary<Scalar, int> sizes = [];
    readonly Dictionary<Scalar, string> names = [];
    readonly List<string> definitions = [];

    internal ScalarPrinter(string[] operands, IEnumerable<Scalar> roots)
    {
        this.operands = operands;
        Scalar[] all = [.. roots];
        CountUses(all);
        foreach (var root in all)
            Define(root);
    }

    /// <summary>The lines that give names, in order.</summary>
    internal IReadOnlyList<string> Definitions => definitions;

    internal string Print(Scalar scalar) => Text(scalar, 0);

    internal static string AxisName(int axis) => axis < 6 ? "ijklmn"[axis].ToString() : $"i{axis}";

    static Scalar[] Parts(Scalar scalar) =>
        scalar switch
        {
            Element e => e.Index,
            Apply a => a.Arguments,
            _ => [],
        };

    void CountUses(Scalar[] roots)
    {
        var pending = new Stack<Scalar>(roots);
        while (pending.TryPop(out var scalar))
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(uses, scalar, out var seen);
            count++;
            if (!seen)
                foreach (var part in Parts(scalar))
                    pending.Push(part);
        }
    }

    // In postorder, so that a definition stands before its uses, and without recursion, for chains of thousands of operations.
    void Define(Scalar root)
    {
        var pending = new Stack<Scalar>([root]);
        while (pending.TryPeek(out var scalar))
        {
            var ready = true;
            if (!sizes.ContainsKey(scalar))
                foreach (var part in Parts(scalar).Reverse())
                    if (!sizes.ContainsKey(part))
                    {
                        pending.Push(part);
                        ready = false;
                    }
            if (!ready)
                continue;
            pending.Pop();
            if (!sizes.ContainsKey(scalar))
                Measure(scalar, isRoot: scalar == root);
        }
    }

    void Measure(Scalar scalar, bool isRoot)
    {
        var size = IsPlain(scalar) ? 1 : 1 + Parts(scalar).Sum(p => sizes[p]);
        if (
            size
            >= (
                uses[scalar] > 1 ? SharedSize
                : isRoot ? int.MaxValue
                : LongestSize
            )
        )
        {
            var text = Text(scalar, 0);
            var name = $"t{definitions.Count}";
            definitions.Add($"{name} = {text}");
            names[scalar] = name;
            size = 1;
        }
        sizes[scalar] = size;
    }

    // An element at the kernel's own index is as good as a name.
    static bool IsPlain(Scalar scalar) => scalar is Element e && Array.TrueForAll(e.Index, i => i is AxisIndex or Constant);

    string Text(Scalar scalar, int around)
    {
        if (names.TryGetValue(scalar, out var name))
            return name;
        return scalar switch
        {
            Constant c => Number(c),
            AxisIndex a => AxisName(a.Position),
            Element { Index: [] } e => operands[e.Operand],
            Element e => $"{operands[e.Operand]}[{string.Join(",", e.Index.Select(i => Text(i, 0)))}]",
            Apply a => Operation(a, around),
            _ => scalar.ToString()!,
        };
    }

    string Operation(Apply apply, int around)
    {
        var (op, args) = (apply.Op, apply.Arguments);
        if (op == ScalarOp.Add && args[1] is Constant c && Number(c) is ['-', .. var positive])
            // x + −1 is read as x − 1.
            return InParentheses($"{Text(args[0], 5)} - {positive}", 5, around);
        if (Infix(op) is var (symbol, binding))
            return InParentheses($"{Text(args[0], binding)} {symbol} {Text(args[1], binding + 1)}", binding, around);
        return op switch
        {
            ScalarOp.Neg => InParentheses("-" + Text(args[0], Tightest), 7, around),
            ScalarOp.Not => InParentheses("!" + Text(args[0], Tightest), 7, around),
            ScalarOp.Convert => $"{apply.Type.ShortName}({Text(args[0], 0)})",
            ScalarOp.Bitcast => $"bitcast_{apply.Type.ShortName}({Text(args[0], 0)})",
            _ => $"{op.ToString().ToLowerInvariant()}({string.Join(", ", args.Select(a => Text(a, 0)))})",
        };
    }

    static string InParentheses(string text, int binding, int around) => binding < around ? $"({text})" : text;

    static (string Symbol, int Binding)? Infix(ScalarOp op) =>
        op switch
        {
            ScalarOp.Or => ("|", 1),
            ScalarOp.Xor => ("^", 1),
            ScalarOp.And => ("&", 2),
            ScalarOp.Equal => ("==", 3),
            ScalarOp.NotEqual => ("!=", 3),
            ScalarOp.Less => ("<", 3),
            ScalarOp.LessEqual => ("<=", 3),
            ScalarOp.ShiftLeft => ("<<", 4),
            ScalarOp.ShiftRightLogical => (">>>", 4),
            ScalarOp.ShiftRightArithmetic => (">>", 4),
            ScalarOp.Add => ("+", 5),
            ScalarOp.Sub => ("-", 5),
            ScalarOp.Mul => ("*", 6),
            ScalarOp.Div => ("/", 6),
            ScalarOp.Rem => ("%", 6),
            _ => null,
        };

    static string Number(Constant c) =>
        c.Type switch
        {
            DType.Float64 => Float(c.Value.ToString("R", CultureInfo.InvariantCulture)),
            DType.Float32 => Float(((float)c.Value).ToString("R", CultureInfo.InvariantCulture)),
            DType.Bool => c.Bits != 0 ? "true" : "false",
            _ => c.Bits.ToString(CultureInfo.InvariantCulture),
        };

    static string Float(string number) => number.Replace("Infinity", "inf").Replace("NaN", "nan");

    /// <summary>An element of an array.</summary>
    internal static string Number(ConcreteArray data, long position) =>
        data.Aval.DType == DType.Int64
            ? data.LoadInteger(position).ToString(CultureInfo.InvariantCulture)
            : Number(new Constant(data.Aval.DType, Constant.Encode(data.Aval.DType, data.Load(position))));
}
