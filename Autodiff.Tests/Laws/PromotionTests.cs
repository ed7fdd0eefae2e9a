namespace Autodiff.Tests;

/// <summary>JAX's promotion lattice, for the types there are; <c>i*</c> and <c>f*</c> are weak, the types of C# literals.</summary>
public sealed class PromotionTests
{
    const string Table = """
              bool u8  u32 i32 i64 f32 f64 i*  f*
        bool  bool u8  u32 i32 i64 f32 f64 i*  f*
        u8    u8   u8  u32 i32 i64 f32 f64 u8  f*
        u32   u32  u32 u32 i64 i64 f32 f64 u32 f*
        i32   i32  i32 i64 i32 i64 f32 f64 i32 f*
        i64   i64  i64 i64 i64 i64 f32 f64 i64 f*
        f32   f32  f32 f32 f32 f32 f32 f64 f32 f32
        f64   f64  f64 f64 f64 f64 f64 f64 f64 f64
        i*    i*   u8  u32 i32 i64 f32 f64 i*  f*
        f*    f*   f*  f*  f*  f*  f32 f64 f*  f*
        """;

    public static IEnumerable<TheoryDataRow<string, string, string>> Cases
    {
        get
        {
            var rows = Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
            return from row in rows[1..]
                from column in Enumerable.Range(0, rows[0].Length)
                select new TheoryDataRow<string, string, string>(row[0], rows[0][column], row[column + 1]);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void LeastUpperBound(string a, string b, string expected) => Assert.Equal(Of(expected), DTypes.Promote(Of(a), Of(b)));

    [Theory, MemberData(nameof(Cases))]
    public void OfASum(string a, string b, string expected)
    {
        foreach (var device in Devices.All)
            using (device.Use())
            {
                var sum = (NDArray)One(a) + One(b);
                Assert.Equal(Of(expected), (sum.DType, sum.Aval.Weak));
            }
    }

    [Fact]
    public void LiteralsAdapt()
    {
        Assert.Equal(DType.Float32, (2 * (NDArray)(float[])[1]).DType);
        Assert.Equal(DType.Float32, (2.5 * (NDArray)(float[])[1]).DType);
        Assert.Equal(DType.UInt8, (1 + (NDArray)(byte[])[1]).DType);
        Assert.Equal(DType.Float64, ((NDArray)(int[])[1] / 2).DType);
        Assert.Equal(DType.Float64, (0.5 * (NDArray)(int[])[1]).DType);
    }

    static ConcreteArray One(string name)
    {
        var (type, weak) = Of(name);
        return ConcreteArray.Scalar(type, 1, weak);
    }

    static (DType, bool) Of(string name) =>
        name switch
        {
            "i*" => (DType.Int64, true),
            "f*" => (DType.Float64, true),
            _ => (DTypes.All.Single(t => t.ShortName == name), false),
        };
}
