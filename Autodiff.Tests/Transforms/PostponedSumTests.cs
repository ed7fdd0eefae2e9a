using System.Numerics;
using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Outer products that a loop adds up are added eight at a time, and to the bit what they are one by one.</summary>
public sealed class PostponedSumTests
{
    const string Mark = "& 7";
    const int N = 48;

    static readonly RandomKey Key = new(7);

    static NDArray Products((NDArray X, NDArray Y) rows, NDArray start, bool reverse = false) =>
        Scan((sum, row) => (sum + row.X[.., Slice.NewAxis] * row.Y, Empty), start, rows, reverse: reverse).Carry;

    static NDArray Empty => Zeros(0);

    static T[] ByHand<T>(NDArray x, NDArray y, NDArray start, bool reverse, bool fused)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (sum, xs, ys) = (start.ToArray<T>(), x.ToArray<T>(), y.ToArray<T>());
        var steps = x.Shape[0];
        for (var t = 0; t < steps; t++)
        {
            var at = (reverse ? steps - 1 - t : t) * N;
            for (var i = 0; i < N; i++)
            for (var j = 0; j < N; j++)
            {
                ref var element = ref sum[i * N + j];
                element = fused ? T.FusedMultiplyAdd(xs[at + i], ys[at + j], element) : element + xs[at + i] * ys[at + j];
            }
        }
        return sum;
    }

    static Autodiff.Program Optimized(Jaxpr jaxpr) => Optimizer.Optimize(ProgramBuilder.Build(jaxpr.InputTypes, jaxpr.Emit));

    static void Equal<T>(NDArray x, NDArray y, NDArray start, bool reverse)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var jaxpr = MakeJaxpr((x, y, start) => Products((x, y), start, reverse), x, y, start);
        var program = Optimized(jaxpr);
        Assert.Equal(x.Shape[0] >= 16, ProgramPrinter.Print(program).Contains(Mark));
        NDArray[] inputs = [x, y, start];
        // The compiler rounds a product and its sum once.
        var compiled = CpuDevice.Instance.Translate(KernelCompiler.Fit(program)).Run(inputs)[0];
        Assert.Equal(ByHand<T>(x, y, start, reverse, KernelCompiler.Fuses), compiled.ToArray<T>());
        var interpreted = InterpreterDevice.Instance.Translate(program).Run(inputs)[0];
        Assert.Equal(ByHand<T>(x, y, start, reverse, fused: false), interpreted.ToArray<T>());
    }

    public static TheoryData<int, bool> Loops =>
        new(from steps in new[] { 0, 1, 7, 8, 15, 16, 17, 24, 100 } from reverse in new[] { false, true } select (steps, reverse));

    [Theory, MemberData(nameof(Loops))]
    public void Sums_are_those_of_the_plain_loop_to_the_bit(int steps, bool reverse)
    {
        var (x, y, start) = (Key.Normal([steps, N]), Key.FoldIn(1).Normal([steps, N]), Key.FoldIn(2).Normal([N, N]));
        Equal<double>(x, y, start, reverse);
        Equal<float>(x.AsType(DType.Float32), y.AsType(DType.Float32), start.AsType(DType.Float32), reverse);
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(double.NaN, 19)]
    [InlineData(double.PositiveInfinity, 3)]
    [InlineData(double.NegativeInfinity, 18)]
    public void A_number_that_is_not_finite_spoils_what_it_spoils_in_the_plain_loop(double odd, int step)
    {
        const int steps = 20;
        var (x, y) = (Key.Normal([steps, N]).At[step, 5].Set(odd), Key.FoldIn(1).Normal([steps, N]).At[step, 6].Set(0));
        foreach (var reverse in new[] { false, true })
            Equal<double>(x, y, Zeros(N, N), reverse);
    }

    static NDArray Recur((NDArray A, NDArray C) s, NDArray steps) =>
        WhileLoop(c => c.I < steps, c => (c.I + 1, Tanh(Dot(s.A, c.C))), (I: (NDArray)0, s.C)).C.Sum();

    static NDArray RecurByHand((NDArray A, NDArray C) s, int steps)
    {
        var c = s.C;
        for (var i = 0; i < steps; i++)
            c = Tanh(Dot(s.A, c));
        return c.Sum();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(50)]
    public void Gradients_of_loops_of_unknown_length_agree(int steps)
    {
        var s = (A: Key.Normal([N, N]) / N, C: Key.FoldIn(1).Normal([N]));
        var gradient = Jit(((NDArray, NDArray) s, NDArray steps) => Grad<(NDArray, NDArray)>(s => Recur(s, steps))(s));
        Assert.Contains(Mark, gradient.Lower(s, steps).Kernels);
        var (expected, got) = (Grad<(NDArray A, NDArray C)>(s => RecurByHand(s, steps))(s), gradient(s, steps));
        Agree(expected.A, got.Item1);
        Agree(expected.C, got.Item2);
    }

    [Fact]
    public void Second_derivatives_and_lanes_agree()
    {
        var (a, c) = (Key.Normal([3, N, N]) / N, Key.FoldIn(1).Normal([N]));
        NDArray Loss(NDArray a) => ForiLoop(0, 20, (_, c) => Tanh(Dot(a, c)), c).Sum();
        NDArray Plain(NDArray a) => RecurByHand((a, c), 20);
        var lanes = Jit(Vmap(Grad(Loss)));
        Assert.Contains(Mark, lanes.Lower(a).Kernels);
        Agree(Stack([.. Enumerable.Range(0, 3).Select(i => Grad(Plain)(a[i]))]), lanes(a));
        Agree(Grad(v => Square(Grad(Plain)(v)).Sum())(a[0]), Jit(Grad(v => Square(Grad(Loss)(v)).Sum()))(a[0]));
    }

    [Fact]
    public void Two_sums_share_the_rows_they_have_in_common()
    {
        NDArray Loss((NDArray A, NDArray B) s, NDArray xs) =>
            Scan((c, x) => (Tanh(Dot(s.A, c) + Dot(s.B, x)), Empty), Zeros(N), xs).Carry.Sum();
        NDArray Plain((NDArray A, NDArray B) s, NDArray xs)
        {
            var c = Zeros(N);
            for (var t = 0; t < xs.Shape[0]; t++)
                c = Tanh(Dot(s.A, c) + Dot(s.B, xs[t]));
            return c.Sum();
        }
        var (s, xs) = ((Key.Normal([N, N]) / N, Key.FoldIn(1).Normal([N, N])), Key.FoldIn(2).Normal([30, N]));
        var gradient = Jit((NDArray a, NDArray b, NDArray xs) => Grad<(NDArray, NDArray)>(s => Loss(s, xs))((a, b)));
        var text = gradient.Lower(s.Item1, s.Item2, xs).Kernels;
        Assert.Equal(3, text.Split("scatter set").Length - 1);
        var (expected, got) = (Grad<(NDArray, NDArray)>(s => Plain(s, xs))(s), gradient(s.Item1, s.Item2, xs));
        Agree(expected.Item1, got.Item1);
        Agree(expected.Item2, got.Item2);
    }

    [Fact]
    public void Several_products_of_one_step_are_kept_together()
    {
        static NDArray Step(NDArray a, NDArray c)
        {
            var middle = c + 0.1 * Tanh(Dot(a, c));
            return c - 0.2 * Tanh(Dot(a, middle));
        }
        static NDArray Loss(NDArray a, NDArray c) => ForiLoop(0, 30, (_, c) => Step(a, c), c).Sum();
        static NDArray Plain(NDArray a, NDArray c)
        {
            for (var t = 0; t < 30; t++)
                c = Step(a, c);
            return c.Sum();
        }
        var (a, c) = (Key.Normal([N, N]) / N, Key.FoldIn(1).Normal([N]));
        var gradient = Jit((NDArray a, NDArray c) => Grad(v => Loss(v, c))(a));
        Assert.Contains(Mark, gradient.Lower(a, c).Kernels);
        Agree(Grad(v => Plain(v, c))(a), gradient(a, c));
    }

    [Fact]
    public void A_sum_that_is_small_or_read_by_the_loop_stays_as_it_is()
    {
        var (x, y) = (Zeros(20, N), Zeros(20, N));
        NDArray Fold(NDArray x, NDArray y, int size) => Products((x, y), Zeros(size, size));
        Assert.Contains(Mark, Jit((x, y) => Fold(x, y, N)).Lower(x, y).Kernels);
        Assert.DoesNotContain(Mark, Jit((x, y) => Fold(x, y, 4)).Lower(x[.., ..4], y[.., ..4]).Kernels);
        NDArray Rows(NDArray x, NDArray y) =>
            Scan((sum, row) => (sum + row.X[.., Slice.NewAxis] * row.Y, sum[0]), Zeros(N, N), (X: x, Y: y)).Ys;
        Assert.DoesNotContain(Mark, Jit<Func<NDArray, NDArray, NDArray>>(Rows).Lower(x, y).Kernels);
    }

    static void Agree(NDArray expected, NDArray got) =>
        Assert.True((bool)AllClose(expected, got, 1e-10, 1e-12), $"{expected} is not {got}");

    [Fact]
    public void A_backward_loop_keeps_rows_and_adds_them_up_when_that_is_due()
    {
        static NDArray Loss(NDArray a, NDArray c) => ForiLoop(0, 20, (_, c) => Square(Dot(a, c)), c).Sum();
        var text = ProgramPrinter.Print(Optimized(MakeJaxpr((a, c) => Grad(v => Loss(v, c))(a), Zeros(N, N), Zeros(N))));
        Assert.Contains(
            """
              %16:f64[48,48], %17:f64[48], %18:f64[8,48], %19:f64[8,48], %20:i64[] = loop 20 reverse carry(%13, %12, %14, %15) rows(%6, %5) do (%21:i64[], %22:f64[48,48], %23:f64[48], %24:f64[8,48], %25:f64[8,48], %26:f64[48], %27:f64[48]) {
                %28:i64[] = select((%21 & 7) == 0, 1, 0)
                %29:f64[48] = for i<48: %23[i] * %27[i]
                %30:f64[48] = for i<48 reduce add over j<48: %0[j,i] * %29[j]
                %31:f64[8,48] = scatter set into %24 for i<48: at [%21 & 7,i]: %29[i]
                %32:f64[8,48] = scatter set into %25 for i<48: at [%21 & 7,i]: %26[i]
                %33:f64[48,48], %34:i64[] = loop %28 carry(%22) do (%35:i64[], %36:f64[48,48]) {
                  %37:f64[48,48] = for i<48, j<48: %36[i,j] + %31[7,i] * %32[7,j] + %31[6,i] * %32[6,j] + %31[5,i] * %32[5,j] + %31[4,i] * %32[4,j] + %31[3,i] * %32[3,j] + %31[2,i] * %32[2,j] + %31[1,i] * %32[1,j] + %31[0,i] * %32[0,j]
                  yield %37
                }
                yield %33, %30, %31, %32
              }
            """,
            text
        );
    }
}
