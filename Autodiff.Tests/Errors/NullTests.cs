namespace Autodiff.Tests;

/// <summary>Null in the place of an array is an error that names the parameter, everywhere.</summary>
public sealed class NullTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_array_of_the_face_is_named_where_it_is_null()
    {
        var calls = FaceCall.All;
        output.WriteLine($"{calls.Length} arrays of the face are null in turn.");
        string[] wrong =
        [
            .. from call in calls
            let error = call.Error()
            where error is not ArgumentNullException { ParamName: { } name } || name != call.Name
            select $"{call}: {error?.GetType().Name ?? "no error"}: {error?.Message}",
        ];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
        Assert.True(calls.Length > 400);
    }
}
