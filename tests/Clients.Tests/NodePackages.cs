using System.Diagnostics;

[assembly: AssemblyFixture(typeof(Serving.Clients.Tests.NodePackages))]

namespace Serving.Clients.Tests;

/// <summary>Installs the client's locked packages once for all tests, and knows why the client cannot run where it cannot.</summary>
public sealed class NodePackages : IAsyncLifetime
{
    private readonly string? _node = Tool.Find("node");

    /// <summary>The reason to skip; null where the client can run. Never a reason where CI is true: there it throws.</summary>
    public string? Missing { get; private set; }

    /// <summary>The path of node; to be asked for only where nothing is <see cref="Missing"/>.</summary>
    public string Node => _node!;

    public async ValueTask InitializeAsync()
    {
        Missing = _node is null ? "node is not on the PATH; install Node.js 20 or later." : await InstallAsync();
        if (Missing is not null && string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"With CI=true the JavaScript client must run. {Missing}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<string?> InstallAsync()
    {
        if (IsInstalled())
            return null;
        if (Tool.Find("npm") is not { } npm)
            return "npm is not on the PATH; install it with Node.js 20 or later.";

        var start = new ProcessStartInfo(npm, ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = Repository.Clients };
        var (exitCode, output) = await Tool.RunAsync(start, TestContext.Current.CancellationToken);
        return exitCode == 0 ? null : $"'npm ci' in tests/clients failed with exit code {exitCode}:\n{output}";
    }

    /// <summary>npm writes its own note of what it installed; an older one than the lock file is out of date.</summary>
    private static bool IsInstalled()
    {
        var installed = new FileInfo(Path.Combine(Repository.Clients, "node_modules", ".package-lock.json"));
        return installed.Exists
            && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Repository.Clients, "package-lock.json"));
    }
}
