namespace Autodiff.Examples;

/// <summary>What Adam remembers of the gradients of a tree of parameters: running means of them and of their squares.</summary>
[PyTree]
sealed partial record Adam<T>(T Mean, T Square, NDArray Step)
{
    /// <summary>Before the first step.</summary>
    public static Adam<T> For(T parameters) => new(Tree.Map(ZerosLike, parameters), Tree.Map(ZerosLike, parameters), 0.0);

    /// <summary>One step down the gradient (Kingma and Ba, 2015).</summary>
    public (T Parameters, Adam<T> State) Update(T parameters, T grad, NDArray rate)
    {
        var step = Step + 1;
        var mean = Tree.Map((m, g) => 0.9 * m + 0.1 * g, Mean, grad);
        var square = Tree.Map((s, g) => 0.999 * s + 0.001 * g * g, Square, grad);
        var corrected = rate * Sqrt(1 - Power(0.999, step)) / (1 - Power(0.9, step));
        return (Tree.Map((p, m, s) => p - corrected * m / (Sqrt(s) + 1e-8), parameters, mean, square), new(mean, square, step));
    }
}
