using System.ComponentModel;
using System.Diagnostics;

namespace Serving.Architecture.Tests;

/// <summary>Runs the tools that know whether a text is valid in their language.</summary>
internal static class Command
{
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string file, IEnumerable<string> arguments, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!; // not null: the file is started, not a document's shell verb
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Whether the tool is there. Where CI=true it has to be, so a missing one fails there instead of skipping.</summary>
    public static async Task<bool> IsMissingAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(file, ["--version"], Repository.Root, cancellationToken);
            return false;
        }
        catch (Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            return true;
        }
    }
}
