using System.Reflection;

namespace Autodiff.Tests;

/// <summary>Nothing is left out of the table.</summary>
public sealed class CompletenessTests(ITestOutputHelper output)
{
    // Methods without a row of their own, and why.
    static readonly Dictionary<string, string> WithoutRows = new()
    {
        ["ArrayEqual"] = "gives a C# bool, which no transform traces; see SpecialValueTests",
        ["AllClose"] = "gives a C# bool, which no transform traces; see SpecialValueTests",
        ["Intersect1D"] = "its values decide the shape of its result; see SpecialValueTests",
        ["SetDiff1D"] = "its values decide the shape of its result; see SpecialValueTests",
        ["Bitcast"] = "its bits are checked one by one in SpecialValueTests",
    };

    static readonly Type[] AllPrimitives =
    [
        .. new[] { typeof(Ops).Assembly, typeof(Transform).Assembly }
            .SelectMany(a => a.GetTypes())
            .Where(t => t.IsSubclassOf(typeof(Primitive)) && !t.IsAbstract),
    ];

    [Fact]
    public void EveryPublicOperationHasARow()
    {
        var methods = typeof(Ops)
            .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && !m.Name.StartsWith("op_", StringComparison.Ordinal))
            .Select(m => m.Name)
            .ToHashSet();
        var rows = OpTable.Rows.Select(r => r.Method).ToHashSet();
        Assert.Empty(methods.Except(rows).Except(WithoutRows.Keys).Order());
        Assert.Empty(WithoutRows.Keys.Except(methods));
    }

    [Fact]
    public void NamesOfRowsAreDifferent() => Assert.Equal(OpTable.Rows.Length, OpTable.Rows.Select(r => r.Name).Distinct().Count());

    [Fact]
    public void EveryPrimitiveIsReachedByARow()
    {
        using var _ = Devices.All[0].Use();
        var reached = new HashSet<Type>();
        foreach (var row in OpTable.Rows)
        foreach (var type in row.Types)
        foreach (var (_, stage) in Programs.Of(row, row.Cases[0], type))
            reached.UnionWith(Programs.PrimitivesOf(stage()).Select(p => p.GetType()));
        output.WriteLine($"{reached.Count} of {AllPrimitives.Length} primitives are reached by {OpTable.Rows.Length} rows.");
        Assert.Empty(AllPrimitives.Except(reached).Select(t => t.Name).Order());
    }

    [Fact]
    public void PrimitivesAreSealedRecordsWithParametersComparedByValue()
    {
        var wrong =
            from primitive in AllPrimitives
            where primitive.GetMethod("<Clone>$") is not null
            from field in primitive.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            where !IsComparedByValue(field.FieldType)
            select $"{primitive.Name}.{field.Name}: {field.FieldType}";
        Assert.Empty(AllPrimitives.Where(t => !t.IsSealed || t.GetMethod("<Clone>$") is null).Select(t => t.Name));
        // The rules of a custom derivative are C# functions: only the call that made them is equal to itself.
        Assert.DoesNotContain(wrong, w => !w.StartsWith("CustomPrimitive.<Rules>", StringComparison.Ordinal));
    }

    static bool IsComparedByValue(Type type) =>
        type.IsEnum
        || type == typeof(string)
        || type == typeof(Jaxpr)
        || (Nullable.GetUnderlyingType(type) is { } underlying && IsComparedByValue(underlying))
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>) && IsComparedByValue(type.GenericTypeArguments[0]))
        || (
            (type.IsValueType || type.GetMethod("<Clone>$") is not null) && type.IsAssignableTo(typeof(IEquatable<>).MakeGenericType(type))
        );

    [Fact]
    public void CountOfLaws()
    {
        var laws = typeof(OpLaws).GetMethods().Where(m => m.GetCustomAttribute<TheoryAttribute>() is not null).ToArray();
        var runs = laws.Sum(law =>
            ((MemberDataAttribute)law.GetCustomAttributes().Single(a => a is MemberDataAttribute)).MemberName == nameof(OpLaws.Rows)
                ? OpLaws.Rows.Count()
                : OpLaws.DifferentiableRows.Count()
        );
        output.WriteLine($"{OpTable.Rows.Length} rows × {laws.Length} laws × {Devices.All.Length} devices = {runs} runs.");
        Assert.True(runs > OpTable.Rows.Length);
    }
}
