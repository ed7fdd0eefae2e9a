namespace Autodiff.Tests;

/// <summary>Tests that change settings of the process run alone.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class ProcessSettings;
