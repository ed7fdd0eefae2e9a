namespace Autodiff.GradBench;

/// <summary>The median time of a run of a derivative, and of what it is the derivative of where that is a function of the eval.</summary>
sealed record Measurement(
    string Eval,
    string Size,
    string Function,
    double EvaluateMs,
    double CompileMs,
    string Processor,
    double? PrimalMs = null
);

/// <summary>Another tool's median time of the same function at the same size.</summary>
sealed record RivalMeasurement(string Tool, string Eval, string Size, string Function, double EvaluateMs);
