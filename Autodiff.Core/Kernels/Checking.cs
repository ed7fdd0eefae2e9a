namespace Autodiff;

/// <summary>Whether programs are checked after every step of the way, which <c>AUTODIFF_CHECK=1</c> asks for, and all tests.</summary>
static class Checking
{
    internal static readonly bool Enabled = Environment.GetEnvironmentVariable("AUTODIFF_CHECK") is { Length: > 0 } and not "0";
}
