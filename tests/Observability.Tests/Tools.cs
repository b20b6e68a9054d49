namespace Serving.Observability.Tests;

/// <summary>Programs that these tests ask. Where CI=true they have to be there.</summary>
internal static class Tools
{
    /// <summary>Runs one to its end, or skips the test where it is missing.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string tool, params IEnumerable<string> arguments)
    {
        await RequireAsync(tool);
        return await Command.RunAsync(tool, arguments, Repository.PathOf("observability"), TestContext.Current.CancellationToken);
    }

    public static async Task RequireAsync(params IEnumerable<string> tools)
    {
        foreach (var tool in tools)
        {
            Assert.SkipWhen(
                await Command.IsMissingAsync(tool, TestContext.Current.CancellationToken),
                $"'{tool}' is not on the PATH; it must be where CI=true. Debian has it in the packages prometheus and prometheus-alertmanager.");
        }
    }
}
