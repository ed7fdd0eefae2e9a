using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>Work and memory of small programs, calculated by hand.</summary>
public class CostTests
{
    static ProgramCost CostOf(Func<NDArray, NDArray> f, NDArray x) => Jit(f).Lower(x).Cost;

    static ProgramMemory MemoryOf(Func<NDArray, NDArray> f, NDArray x) => Jit(f).Lower(x).Memory;

    [Fact]
    public void A_polynomial_of_4_numbers() =>
        // Two products, two sums; 8 bytes in and out.
        Assert.Equal(new ProgramCost(16, 0, 32, 32), CostOf(x => x * x + 3 * x + 2, Zeros(4)));

    [Fact]
    public void Elementary_functions_count_apart() =>
        Assert.Equal(new ProgramCost(3, 6, 12, 12), CostOf(x => Exp(x) * Log(x), Zeros(3).AsType(DType.Float32)));

    [Fact]
    public void Comparisons_count_and_selections_and_integers_do_not()
    {
        Assert.Equal(new ProgramCost(4, 0, 32, 32), CostOf(x => Where(x > 0, x, 7.0), Zeros(4)));
        Assert.Equal(new ProgramCost(0, 0, 32, 32), CostOf(x => x * 3 + 1, Zeros(4).AsType(DType.Int64)));
        Assert.Equal(0, CostOf(x => x.T, Zeros(4, 5)).Flops);
    }

    [Fact]
    public void A_sum_counts_an_addition_an_element() =>
        Assert.Equal(new ProgramCost(200, 0, 800, 80), CostOf(x => Square(x).Sum(0), Zeros(10, 10)));

    [Fact]
    public void A_product_of_matrices_counts_2mnk()
    {
        var cost = Jit((a, b) => MatMul(a, b)).Lower(Zeros(64, 32), Zeros(32, 16)).Cost;
        Assert.Equal(new ProgramCost(2 * 64 * 32 * 16, 0, 8 * (64 * 32 + 32 * 16), 8 * 64 * 16), cost);
    }

    [Fact]
    public void Factorizations_count_their_leading_terms()
    {
        const double N = 12;
        // Cholesky takes (A + Aᵀ)/2, two operations an element.
        Assert.Equal(N * N * N / 3 + 2 * N * N, CostOf(x => Cholesky(x), Zeros(12, 12)).Flops, 9);
        Assert.Equal(2 * N * N * N / 3, CostOf(x => LuFactor(x).Factors, Zeros(12, 12)).Flops, 9);
        Assert.Equal(5 * N * N * 7, CostOf(x => TriangularSolve(x, Ones(5, 12, 7)), Zeros(5, 12, 12)).Flops, 9);
        // R of a 20×12 matrix takes 2n²(m − n/3), the reduced Q the same again.
        Assert.Equal(2 * 2 * N * N * (20 - N / 3), new QrFactor(DType.Float64, 1, 20, 12).Flops, 9);
        Assert.Equal(0, CostOf(x => Sort(x), Zeros(100)).Flops);
    }

    [Fact]
    public void A_scan_counts_its_length()
    {
        // An iteration of 100 elements: a product and a function each, of which one array is read and two are written, one as a row.
        var cost = CostOf(x => Scan(c => (c * 0.5, Exp(c)), x, length: 20).Ys, Zeros(100));
        Assert.Equal(new ProgramCost(20 * 100, 20 * 100, 20 * 800, 20 * 1600), cost);
    }

    [Fact]
    public void Loops_of_static_length_multiply()
    {
        var cost = CostOf(x => ForiLoop(0, 20, (_, c) => ForiLoop(0, 3, (_, d) => Sin(d), c) * 2, x), Zeros(100));
        Assert.Equal((2000, 6000), (cost.Flops, cost.Transcendentals));
    }

    [Fact]
    public void A_while_loop_counts_one_iteration_and_says_so()
    {
        // The test adds 100 numbers and compares one; the body multiplies.
        var cost = CostOf(x => WhileLoop(c => c.Sum() < 100, c => c * 2, x), Ones(100));
        Assert.Equal(new ProgramCost(201, 0, 1600, 800, LoopsOfUnknownLength: 1), cost);
        Assert.Equal(
            "201 flops, 0 transcendentals, 1,600 bytes read, 800 bytes written; 1 loop of unknown length counts as one iteration",
            cost.ToString()
        );
        // Inside of a loop of static length there is still one such loop.
        var nested = CostOf(x => ForiLoop(0, 5, (_, c) => WhileLoop(d => d.Sum() < 100, d => d * 2, c), x), Ones(100));
        Assert.Equal((5 * 201, 1), (nested.Flops, nested.LoopsOfUnknownLength));
    }

    [Fact]
    public void A_branch_counts_its_dearer_side() =>
        Assert.Equal(1000, CostOf(x => Cond(x[0] > 0, y => Exp(y), y => y * 2, x), Ones(1000)).Transcendentals);

    [Fact]
    public void A_map_needs_its_argument_and_its_result()
    {
        var memory = MemoryOf(x => Sin(x) * x, Zeros(1000));
        Assert.Equal((8000, 8000, 0, 16000), (memory.ArgumentBytes, memory.ResultBytes, memory.ConstantBytes, memory.LowerBoundBytes));
        Assert.Equal(16000 + memory.ScratchBytes, memory.PeakBytes);
        // Addresses of operands, and nothing else.
        Assert.InRange(memory.ScratchBytes, 0, 64);
    }

    [Fact]
    public void A_scalar_result_counts()
    {
        var memory = MemoryOf(x => x.Sum(), Zeros(10));
        Assert.Equal((80, 8, 88), (memory.ArgumentBytes, memory.ResultBytes, memory.LowerBoundBytes));
    }

    [Fact]
    public void What_is_passed_on_is_shared()
    {
        var (arguments, results) = (MemoryOf(x => x.Reshape([10]), Zeros(2, 5)).ArgumentBytes, MemoryOf(x => x, Zeros(10)).ResultBytes);
        Assert.Equal((80, 0), (arguments, results));
        Assert.Equal(80, Jit((NDArray x) => (x + 1, (x + 1).Reshape([5, 2]))).Lower(Zeros(10)).Memory.ResultBytes);
    }

    [Fact]
    public void A_product_is_kept_beside_its_operands_and_a_map_may_overwrite_it()
    {
        var memory = Jit((a, b) => Tanh(MatMul(a, b))).Lower(Zeros(64, 32), Zeros(32, 16)).Memory;
        Assert.Equal(8 * (64 * 32 + 32 * 16 + 64 * 16), memory.LowerBoundBytes);
    }

    [Fact]
    public void The_gradient_of_a_scan_needs_a_row_for_each_step()
    {
        // The argument, 20 rows of residuals, and at the last step of the forward loop the carry: the loop backwards needs no more.
        var memory = MemoryOf(Grad(x => ForiLoop(0, 20, (_, c) => Sin(c), x).Sum()), Ones(1000));
        Assert.Equal(8000 * (1 + 20 + 1), memory.LowerBoundBytes);
    }

    [Fact]
    public void A_while_loop_needs_its_carry_once()
    {
        var memory = MemoryOf(x => WhileLoop(c => c.Sum() < 100, c => c * 2, x), Ones(1000));
        Assert.Equal(16000, memory.LowerBoundBytes);
    }

    [Fact]
    public void Rows_lie_in_the_arrays_they_come_from_and_go_to()
    {
        var memory = MemoryOf(xs => Scan((c, x) => (c + x, c * x), Zeros(100), xs).Ys, Zeros(50, 100));
        // Both stacks, and the carry.
        Assert.Equal(8 * (5000 + 5000 + 100), memory.LowerBoundBytes);
    }
}
