namespace Serving.Architecture.Tests;

/// <summary>Fails with every problem in full, one a line.</summary>
internal static class Verdict
{
    public static void None(IEnumerable<string> problems)
    {
        var all = string.Join('\n', problems);
        Assert.True(all.Length == 0, all);
    }
}
