using System.Diagnostics;
using Spectre.Console;

namespace Autodiff.Benchmarks;

/// <summary>Every program of the public face under Jit: what the first call costs, which traces and compiles, and what the calls after it cost.</summary>
static partial class FaceTimes
{
    const int LeastRuns = 20;
    static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(0.3);

    [PyTree]
    internal sealed partial record Mlp(NDArray W1, NDArray B1, NDArray W2, NDArray B2);

    [PyTree]
    internal sealed partial record Body(NDArray Position, NDArray Velocity);

    internal static void Print()
    {
        var table = new Table().AddColumns("program", "first call, ms", "then, median µs", "bytes a call");
        foreach (var (name, call) in Programs())
        {
            var first = Stopwatch.StartNew();
            call();
            first.Stop();
            var times = new List<double>();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            for (var total = Stopwatch.StartNew(); times.Count < LeastRuns || total.Elapsed < LeastTime; )
            {
                var run = Stopwatch.StartNew();
                call();
                times.Add(run.Elapsed.TotalMicroseconds);
            }
            var bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / times.Count;
            times.Sort();
            table.AddRow(name.EscapeMarkup(), $"{first.Elapsed.TotalMilliseconds:F1}", $"{times[times.Count / 2]:F1}", $"{bytes}");
        }
        AnsiConsole.Write(table);
    }

    static IEnumerable<(string Name, Action Call)> Programs()
    {
        static NDArray Compute(NDArray x) => x * x + 3 * x + 2;
        static NDArray Loss(NDArray w, NDArray x, NDArray y) => Square(MatMul(x, w) - y).Mean();
        static NDArray Rosenbrock(NDArray v) => 100 * Square(v[1] - Square(v[0])) + Square(1 - v[0]);
        static NDArray Blowup(NDArray x) => WhileLoop(y => y < 100, y => y * y, init: x);

        // The first program of a process also pays for loading the compiler.
        NDArray two = Asarray(2.0),
            numbers = Arange(0, 1_000_000, 2),
            points = new[] { -1.0, 0.5, 1.0 },
            starts = new[] { 2.0, 3, 5, 11 };
        yield return One("x => x (a warm-up)", Jit(x => x + 1), two);
        yield return One("ForiLoop sum of 0 … 9", Jit(x => ForiLoop(0, 10, (i, total) => total + i, init: x)), Asarray(0));
        yield return One("x² + 3x + 2 of 500,000", Jit(Compute), numbers);
        yield return One("Map(x² + 3x + 2) of 500,000", Jit(x => Map(Compute, x)), numbers);

        var grad = Jit(Grad(Loss));
        NDArray w = new[] { 0.1, 0.2 },
            x = Asarray(
                new double[,]
                {
                    { 1, 2 },
                    { 3, 4 },
                }
            ),
            y = new[] { 5.0, 6 };
        yield return ("Grad of a regression's loss", () => grad(w, x, y));
        yield return One("Vmap(Grad(Grad(Tanh)))", Jit(Vmap(Grad(Grad(Tanh)))), points);
        yield return One("Hessian(Rosenbrock)", Jit(Hessian(Rosenbrock)), Ones(2));
        yield return One("Jvp(Rosenbrock)", Jit(v => Jvp(Rosenbrock, v, v).Tangent), Ones(2));

        var predict = (Mlp m, NDArray x) => Dot(m.W2, Tanh(Dot(m.W1, x) + m.B1)) + m.B2;
        var loss = (Mlp m, NDArray x, NDArray t) => Square(predict(m, x) - t).Sum();
        var perExample = Jit(Vmap(Grad(loss), inAxes: [null, 0, 0]));
        var step = Jit(
            (Mlp m, NDArray xs, NDArray ts) =>
            {
                var (value, g) = ValueAndGrad((Mlp m) => Vmap(loss, inAxes: [null, 0, 0])(m, xs, ts).Mean())(m);
                return (Tree.Map((p, d) => p - 0.01 * d, m, g), value);
            }
        );
        var keys = new RandomKey(0).Split(4);
        var model = new Mlp(keys[0].Normal([32, 8]), Zeros(32), keys[1].Normal([4, 32]), Zeros(4));
        var (batch, targets) = (keys[2].Normal([64, 8]), keys[3].Normal([64, 4]));
        yield return ("Vmap(Grad) of a network 8-32-4, 64 examples", () => perExample(model, batch, targets));
        yield return ("a training step of it", () => step(model, batch, targets));

        var fall = Jit(
            (NDArray forces) =>
                Scan(
                    (body, force) =>
                    {
                        var velocity = body.Velocity + 0.01 * force;
                        var next = new Body(body.Position + 0.01 * velocity, velocity);
                        return (next, next.Position);
                    },
                    init: new Body(Zeros(3), Zeros(3)),
                    xs: forces
                ).Ys
        );
        yield return One("Scan with a record, 50 steps", fall, Ones(50, 3));
        yield return One("WhileLoop", Jit(Blowup), two);
        yield return One("Grad(WhileLoop)", Jit(Grad(Blowup)), two);
        yield return One("Grad(Grad(WhileLoop))", Jit(Grad(Grad(Blowup))), two);
        yield return One("Vmap(Grad(WhileLoop)) of 4", Jit(Vmap(Grad(Blowup))), starts);

        var softplus = CustomVjp(
            f: x => Log(1 + Exp(x)),
            forward: x => (Log(1 + Exp(x)), x),
            backward: (NDArray x, NDArray ct) => ct / (1 + Exp(-x))
        );
        yield return One("Grad of a CustomVjp", Jit(Grad(softplus)), two);
    }

    static (string Name, Action Call) One(string name, Func<NDArray, NDArray> f, NDArray x) => (name, () => f(x));
}
