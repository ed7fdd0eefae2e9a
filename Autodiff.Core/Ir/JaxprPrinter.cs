using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Autodiff;

/// <summary>Prints a program in JAX's form: <c>{ lambda a:f64[3] . let b:f64[3] = sin a in (b) }</c>.</summary>
static class JaxprPrinter
{
    internal static string Print(Jaxpr jaxpr)
    {
        var text = new StringBuilder();
        Print(jaxpr, text, "");
        return text.ToString();
    }

    static void Print(Jaxpr jaxpr, StringBuilder text, string indent)
    {
        var names = new Dictionary<Var, string>();
        string NameOf(Atom a)
        {
            if (a is not Var v)
                return ScalarText(((Literal)a).Value);
            return names.TryGetValue(v, out var name) ? name : names[v] = Letters(names.Count);
        }
        string Typed(Var v) => $"{NameOf(v)}:{v.Aval}";

        text.Append("{ lambda").AppendJoin("", jaxpr.Inputs.Select(v => " " + Typed(v))).Append(" . let");
        var inner = indent + "    ";
        foreach (var e in jaxpr.Equations)
        {
            text.Append('\n').Append(inner).AppendJoin(" ", e.Outputs.Select(Typed)).Append(" = ").Append(e.Primitive.Name);
            PrintParameters(e.Primitive, text, inner);
            foreach (var x in e.Inputs)
                text.Append(' ').Append(NameOf(x));
        }
        text.Append(jaxpr.Equations.Length == 0 ? " in (" : $"\n{indent}  in (");
        text.AppendJoin(", ", jaxpr.Outputs.Select(NameOf)).Append(") }");
    }

    static void PrintParameters(Primitive primitive, StringBuilder text, string indent)
    {
        var properties = Parameters.GetOrAdd(primitive.GetType(), ParametersOf);
        if (properties.Length == 0)
            return;
        text.Append('[');
        var first = true;
        foreach (var property in properties)
        {
            if (!first)
                text.Append(' ');
            first = false;
            text.Append(char.ToLowerInvariant(property.Name[0])).Append(property.Name.AsSpan(1)).Append('=');
            switch (property.GetValue(primitive))
            {
                case Jaxpr jaxpr:
                    Print(jaxpr, text, indent + "  ");
                    break;
                case ValueList<Jaxpr> programs:
                    for (var i = 0; i < programs.Count; i++)
                        Print(programs[i], text.Append(i == 0 ? '[' : ' '), indent + "  ");
                    text.Append(']');
                    break;
                case bool b:
                    text.Append(b ? "true" : "false");
                    break;
                case DType type:
                    text.Append(type.ShortName);
                    break;
                case var value:
                    text.Append(CultureInfo.InvariantCulture, $"{value ?? "none"}");
                    break;
            }
        }
        text.Append(']');
    }

    static readonly ConcurrentDictionary<Type, PropertyInfo[]> Parameters = new();

    static PropertyInfo[] ParametersOf(Type type) =>
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
                .Where(p => p.DeclaringType != typeof(Primitive) && p.SetMethod is not null)
                .OrderBy(p => p.MetadataToken),
        ];

    static string ScalarText(ConcreteArray value) =>
        value.Aval.DType switch
        {
            _ when value.Rank > 0 => $"const:{value.Aval}",
            DType.Bool => value.Load(0) != 0 ? "true" : "false",
            DType.Int64 => value.Ref<long>(0).ToString(CultureInfo.InvariantCulture),
            { IsFloat: false } => value.Load(0).ToString(CultureInfo.InvariantCulture),
            DType.Float32 => FloatText(((float)value.Load(0)).ToString("R", CultureInfo.InvariantCulture)),
            _ => FloatText(value.Load(0).ToString("R", CultureInfo.InvariantCulture)),
        };

    static string FloatText(string digits) => digits.Any(c => !char.IsAsciiDigit(c) && c != '-') ? digits : digits + ".0";

    static string Letters(int n) => n < 26 ? ((char)('a' + n)).ToString() : Letters(n / 26 - 1) + (char)('a' + n % 26);
}
