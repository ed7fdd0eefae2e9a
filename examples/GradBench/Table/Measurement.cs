namespace Autodiff.GradBench;

/// <summary>What a tool did with a function of an eval at one size: the median time of its runs, and that of the first call, which compiles.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Eval">The eval's name.</param>
/// <param name="Size">What the eval calls the input.</param>
/// <param name="Function">The function's name.</param>
/// <param name="EvaluateMs">In milliseconds; null where the tool failed.</param>
/// <param name="CompileMs">In milliseconds; null where the tool reports none.</param>
sealed record Measurement(string Tool, string Eval, string Size, string Function, double? EvaluateMs, double? CompileMs = null)
{
    /// <summary>What the eval said of the output; null where it said nothing.</summary>
    public bool? Valid { get; init; }

    /// <summary>What the tool told of itself as the session began.</summary>
    public Setting? Setting { get; init; }

    /// <summary>The function of which this one is a derivative, for the evals that time both.</summary>
    public string? Primal =>
        Function switch
        {
            "gradient" => "primal",
            "jacobian" => "objective",
            "dir" => "cost",
            _ => null,
        };
}
