namespace Autodiff.GradBench;

/// <summary>An eval's functions by name.</summary>
sealed class Module
{
    readonly Dictionary<string, Function> functions = [];

    public Function this[string name]
    {
        init => functions[name] = value;
    }

    public Function Function(string? name) =>
        functions.GetValueOrDefault(name ?? "")
        ?? throw new ProtocolException($"The module has no function '{name}'; it has {string.Join(", ", functions.Keys)}.");
}
