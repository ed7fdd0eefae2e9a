using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>What large products become with what reads and feeds them, and the memory that takes.</summary>
public class FusedProductTests
{
    static AbstractArray Like(DType type, params int[] shape) => new(new(type, [.. shape]));

    static AbstractArray F64(params int[] shape) => Like(DType.Float64, shape);

    static AbstractArray F32(params int[] shape) => Like(DType.Float32, shape);

    static void Prints(string expected, string actual) => Assert.Equal(expected, actual, ignoreLineEndingDifferences: true);

    static NDArray Layer(NDArray x, NDArray w, NDArray b) => Relu(MatMul(x, w) + b);

    static NDArray Attention(NDArray q, NDArray k, NDArray v) => MatMul(Softmax(MatMul(q, k.MT) / 8), v);

    [Fact]
    public void A_layer_with_bias_and_relu() =>
        Prints(
            """
            program(%0:f64[100000,16], %1:f64[16,64], %2:f64[64]) {
              %3:f64[1,100000,16] = alias %0
              %4:f64[1,16,64] = alias %1
              %5:f64[250,400,16] = alias %3
              %6:i64[], %7:f64[250,400,64] = loop 250 rows(%5) do (%8:i64[], %9:f64[400,16]) {
                %10:f64[1,400,16] = alias %9
                %11:f64[1,400,64] = routine matmul(%10, %4)
                %12:f64[400,64] = alias %11
                %13:f64[400,64] = for i<400, j<64: select(%12[i,j] + %2[j] <= 0, 0, %12[i,j] + %2[j])
                yield %13
              }
              %14:f64[100000,64] = alias %7
              yield %14
            }
            """,
            Jit(Layer).Lower(F64(100_000, 16), F64(16, 64), F64(64)).Kernels
        );

    [Fact]
    public void A_layer_below_the_threshold() =>
        Prints(
            """
            program(%0:f64[1000,16], %1:f64[16,64], %2:f64[64]) {
              %3:f64[1,1000,16] = alias %0
              %4:f64[1,16,64] = alias %1
              %5:f64[1,1000,64] = routine matmul(%3, %4)
              %6:f64[1000,64] = for i<1000, j<64: select(%5[0,i,j] + %2[j] <= 0, 0, %5[0,i,j] + %2[j])
              yield %6
            }
            """,
            Jit(Layer).Lower(F64(1_000, 16), F64(16, 64), F64(64)).Kernels
        );

    [Fact]
    public void Attention_of_several_heads() =>
        Prints(
            """
            program(%0:f32[16,8,256,64], %1:f32[16,8,256,64], %2:f32[16,8,256,64]) {
              %3:f32[128,256,64] = alias %0
              %4:f32[128,256,64] = alias %1
              %5:f32[128,256,64] = alias %2
              %6:i64[], %7:f32[128,256,64] = loop 128 rows(%3, %4, %5) do (%8:i64[], %9:f32[256,64], %10:f32[256,64], %11:f32[256,64]) {
                %12:f32[1,256,64] = alias %9
                %13:f32[1,256,64] = alias %10
                %14:f32[1,256,256] = routine matmul[right transposed](%12, %13)
                %15:f32[256,256] = alias %14
                %16:i64[], %17:f32[256,256] = loop 256 rows(%15) do (%18:i64[], %19:f32[256]) {
                  %20:f32[] = reduce max over i<256: %19[i] * 0.125
                  %21:f32[256] = for i<256: exp(fma(%19[i], 0.125, -%20))
                  %22:f32[] = reduce add over i<256: %21[i]
                  %23:f32[1] = for i<1: 1 / %22
                  %24:f32[256] = for i<256: %21[i] * %23[0]
                  yield %24
                }
                %25:f32[1,256,256] = alias %17
                %26:f32[1,256,64] = alias %11
                %27:f32[1,256,64] = routine matmul(%25, %26)
                %28:f32[256,64] = alias %27
                yield %28
              }
              %29:f32[16,8,256,64] = alias %7
              yield %29
            }
            """,
            Jit(Attention).Lower(F32(16, 8, 256, 64), F32(16, 8, 256, 64), F32(16, 8, 256, 64)).Kernels
        );

    [Fact]
    public void The_gradient_of_a_layer_of_many_rows()
    {
        static NDArray Loss((NDArray W, NDArray V) net, NDArray x) => Square(MatMul(Tanh(MatMul(x, net.W)), net.V)).Sum();
        var gradient = Jit(Grad<(NDArray, NDArray), NDArray>(Loss));
        Prints(
            """
            program(%0:f64[16,64], %1:f64[64,8], %2:f64[100000,16]) {
              %3:f64[1,100000,16] = alias %2
              %4:f64[1,16,64] = alias %0
              %5:f64[1,64,8] = alias %1
              %6:f64[1,64,8] = for i<1, j<64, k<8: 0
              %7:f64[1,16,64] = for i<1, j<16, k<64: 0
              %8:f64[500,200,16] = alias %3
              %9:f64[1,8,64] = for i<1, j<8, k<64: %5[i,k,j]
              %10:f64[1,64,8], %11:f64[1,16,64], %12:i64[] = loop 500 fold(add %6, add %7) rows(%8) do (%13:i64[], %14:f64[1,64,8], %15:f64[1,16,64], %16:f64[200,16]) {
                %17:f64[1,200,16] = alias %16
                %18:f64[1,200,64] = routine matmul(%17, %4)
                %19:f64[200,64] = alias %18
                %20:f64[200,64] = for i<200, j<64: tanh(%19[i,j])
                %21:f64[1,200,64] = alias %20
                %22:f64[1,200,8] = routine matmul(%21, %5)
                %23:f64[200,8] = alias %22
                %24:f64[200,8] = for i<200, j<8: %23[i,j] * 2
                %25:f64[1,200,64] = alias %20
                %26:f64[1,200,8] = alias %24
                %27:f64[1,64,8] = routine matmul[left transposed](%25, %26)
                %28:f64[1,64,8] = for i<1, j<64, k<8: %14[i,j,k] + %27[i,j,k]
                %29:f64[1,200,8] = alias %24
                %30:f64[1,200,64] = routine matmul(%29, %9)
                %31:f64[200,64] = alias %30
                %32:f64[200,64] = for i<200, j<64: %31[i,j] * ((1 + %20[i,j]) * (1 - %20[i,j]))
                %33:f64[1,200,16] = alias %16
                %34:f64[1,200,64] = alias %32
                %35:f64[1,16,64] = routine matmul[left transposed](%33, %34)
                %36:f64[1,16,64] = for i<1, j<16, k<64: %15[i,j,k] + %35[i,j,k]
                yield %28, %36
              }
              %37:f64[64,8] = alias %10
              %38:f64[16,64] = alias %11
              yield %38, %37
            }
            """,
            gradient.Lower((F64(16, 64), F64(64, 8)), F64(100_000, 16)).Kernels
        );
    }

    [Theory]
    [InlineData(100_003)]
    [InlineData(15)]
    public void Rows_that_cannot_be_cut_stay_together(int rows) =>
        Assert.DoesNotContain("loop", Jit(Layer).Lower(F64(rows, 16), F64(16, 64), F64(64)).Kernels, StringComparison.Ordinal);

    [Fact]
    public void A_matrix_that_fills_the_second_level_cache_is_multiplied_once() =>
        Assert.DoesNotContain("loop", Jit(Layer).Lower(F32(8_000, 400), F32(400, 400), F32(400)).Kernels, StringComparison.Ordinal);

    // What lies between is never whole: each thread has a block of it.
    static void TakesLittle(ProgramMemory memory)
    {
        var given = memory.ArgumentBytes + memory.ResultBytes;
        Assert.InRange(memory.PeakBytes, given, given + ParallelLoop.Threads * RowGroup.MostBlockBytes + (1 << 16));
        Assert.InRange(memory.LowerBoundBytes, given, given + (1 << 20));
    }

    [Fact]
    public void What_lies_between_takes_no_more_memory_than_a_block()
    {
        Func<NDArray, NDArray, NDArray, NDArray> loss = (x, w, b) => Square(Layer(x, w, b)).Mean();
        TakesLittle(Jit(Layer).Lower(F64(100_000, 16), F64(16, 64), F64(64)).Memory);
        TakesLittle(Jit(loss).Lower(F64(100_000, 16), F64(16, 64), F64(64)).Memory);
        TakesLittle(Jit((x, w, b) => Grad(v => loss(x, v, b))(w)).Lower(F64(100_000, 16), F64(16, 64), F64(64)).Memory);
        TakesLittle(Jit(Attention).Lower(F32(16, 8, 256, 64), F32(16, 8, 256, 64), F32(16, 8, 256, 64)).Memory);
    }
}
