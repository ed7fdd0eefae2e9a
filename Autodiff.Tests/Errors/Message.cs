namespace Autodiff.Tests;

/// <summary>What an error says: everything that its reader needs to mend the program.</summary>
static class Message
{
    /// <summary>The call fails with an <typeparamref name="E"/> whose message holds all the parts.</summary>
    internal static void Says<E>(Func<object?> call, params string[] parts)
        where E : AutodiffException
    {
        var message = Assert.Throws<E>(call).Message;
        foreach (var part in parts)
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }
}
