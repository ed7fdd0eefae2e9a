using System.Text;

namespace Autodiff;

/// <summary>
/// Writes a <see cref="Program"/> as text, for people and golden tests. Values are numbered as they appear:
/// <code>
/// program(%0:f64[3,4], %1:f64[]) {
///   %2:f64[3] = for i&lt;3 reduce add over j&lt;4: %0[i,j] * %1 + 1
///   yield %2
/// }
/// </code>
/// A parameter whose memory the program may overwrite is <c>donated</c>.
/// </summary>
public sealed class ProgramPrinter
{
    // A constant shows this many of its elements.
    const int ShownElements = 8;

    readonly StringBuilder text = new();
    readonly Dictionary<Value, string> names = [];
    int depth;

    ProgramPrinter() { }

    public static string Print(Program program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var printer = new ProgramPrinter();
        var parameters = program.Body.Parameters.Select(
            (p, i) => (Array.IndexOf(program.Donated, i) < 0 ? "" : "donated ") + printer.Declare([p])
        );
        printer.text.Append($"program({string.Join(", ", parameters)})");
        printer.Write(program.Body);
        return printer.text.Append('\n').ToString();
    }

    string Declare(Value[] values) =>
        string.Join(", ", values.Select(v => $"{names[v] = $"%{names.Count}"}:{v.Type}{(v.Type.Weak ? "*" : "")}"));

    string Names(IEnumerable<Value> values) => string.Join(", ", values.Select(v => names[v]));

    void Line(string line) => text.Append('\n').Append(' ', 2 * depth).Append(line);

    /// <summary>A block in braces, behind what is on the line already.</summary>
    void Write(Block block)
    {
        text.Append(" {");
        depth++;
        foreach (var step in block.Steps)
            Write(step);
        Line(block.Results.Length == 0 ? "yield" : $"yield {Names(block.Results)}");
        depth--;
        Line("}");
    }

    void Write(Step step)
    {
        // Inputs are named already; outputs take their numbers before what is inside of the step.
        var declared = Declare(step.Outputs);
        Line(declared.Length == 0 ? "" : $"{declared} = ");
        switch (step)
        {
            case KernelStep s:
                Write(s);
                break;
            case RoutineStep s:
                text.Append(
                    $"routine {s.Routine.Name}{(s.Routine.Options is { Length: > 0 } options ? $"[{options}]" : "")}({Names(s.Inputs)})"
                );
                break;
            case AliasStep s:
                text.Append($"alias {Names(s.Inputs)}");
                break;
            case ConstantStep s:
                text.Append($"constant {Elements(s.Data)}");
                break;
            case TapeStep { Inputs: [] }:
                text.Append("empty tape");
                break;
            case TapeStep s:
                text.Append($"length({Names(s.Inputs)})");
                break;
            case LoopStep s:
                Write(s);
                break;
            case BranchStep s:
                text.Append($"if {names[s.Predicate]}");
                Write(s.IfTrue);
                text.Append(" else");
                Write(s.IfFalse);
                break;
            default:
                text.Append(step.GetType().Name);
                break;
        }
    }

    void Write(LoopStep step)
    {
        text.Append("loop");
        if (step.Length is { } length)
            text.Append($" {length}");
        if (step.Count is { } count)
            text.Append($" {names[count]}");
        if (step.Reverse)
            text.Append(" reverse");
        if (step.Folds is { } folds)
            text.Append($" fold({string.Join(", ", folds.Zip(step.Carry, (fold, carry) => $"{Name(fold)} {names[carry]}"))})");
        else if (step.Carry.Length > 0)
            text.Append($" carry({Names(step.Carry)})");
        if (step.Xs.Length > 0)
            text.Append($" rows({Names(step.Xs)})");
        if (step.Condition is { } condition)
        {
            text.Append($" while ({Declare(condition.Parameters)})");
            Write(condition);
        }
        text.Append($" do ({Declare(step.Body.Parameters)})");
        Write(step.Body);
    }

    void Write(KernelStep step)
    {
        var kernel = step.Kernel;
        var printer = new ScalarPrinter(Array.ConvertAll(step.Inputs, i => names[i]), kernel.Outputs.SelectMany(o => o.Expressions));
        var outer = kernel.Space.Rank - kernel.ReducedAxes;
        var loops = outer > 0 ? $"for {Axes(kernel.Space, 0, outer)} " : "";
        var over = kernel.ReducedAxes > 0 ? $"over {Axes(kernel.Space, outer, kernel.Space.Rank)}" : "";
        if (kernel.Outputs is [var single])
        {
            var head = Into(step, single) + loops + Kind(kernel, single) + over;
            var body = Place(printer, single) + printer.Print(single.Value);
            text.Append(head.TrimEnd());
            WriteDefinitions(printer, head.Length > 0 ? ": " : "", body);
            return;
        }
        var space = (loops + over).TrimEnd();
        text.Append(space.Length > 0 ? space + ":" : "several:");
        depth++;
        foreach (var definition in printer.Definitions)
            Line(definition);
        for (var i = 0; i < kernel.Outputs.Length; i++)
        {
            var output = kernel.Outputs[i];
            var kind = (Into(step, output) + Kind(kernel, output)).TrimEnd();
            Line($"{names[step.Outputs[i]]} = {(kind.Length > 0 ? kind + ": " : "")}{Place(printer, output)}{printer.Print(output.Value)}");
        }
        depth--;
    }

    void WriteDefinitions(ScalarPrinter printer, string separator, string body)
    {
        if (printer.Definitions.Count == 0)
        {
            text.Append(separator + body);
            return;
        }
        text.Append(separator.TrimEnd());
        depth++;
        foreach (var definition in printer.Definitions)
            Line(definition);
        Line(body);
        depth--;
    }

    string Into(KernelStep step, KernelOutput output) =>
        output.Into is { } into ? $"scatter {Name(output.Fold)} into {names[step.Inputs[into]]} " : "";

    static string Kind(Kernel kernel, KernelOutput output) =>
        output.Into is not null ? ""
        : output.Prefix ? $"cumulate {Name(output.Fold)} "
        : kernel.ReducedAxes > 0 ? $"reduce {Name(output.Fold)} "
        : "";

    static string Place(ScalarPrinter printer, KernelOutput output)
    {
        var at = output.Index is { } index ? $"at [{string.Join(",", index.Select(printer.Print))}] " : "";
        var guard = output.Guard is { } g ? $"if {printer.Print(g)} " : "";
        return at.Length + guard.Length > 0 ? (at + guard).TrimEnd() + ": " : "";
    }

    static string Name(Fold fold) => fold.ToString().ToLowerInvariant();

    static string Axes(Shape space, int from, int to) =>
        string.Join(", ", Enumerable.Range(from, to - from).Select(a => $"{ScalarPrinter.AxisName(a)}<{space[a]}"));

    static string Elements(ConcreteArray data)
    {
        var count = data.Aval.Shape.Size;
        var shown = Enumerable.Range(0, (int)Math.Min(count, ShownElements)).Select(i => ScalarPrinter.Number(data, i));
        return $"[{string.Join(", ", shown)}{(count > ShownElements ? ", …" : "")}]";
    }
}
