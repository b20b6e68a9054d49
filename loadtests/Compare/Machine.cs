using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Serving.LoadTests.Compare;

/// <summary>Where, and with what, a comparison ran.</summary>
internal sealed record Machine
{
    public required int Cores { get; init; }

    public required string Processor { get; init; }

    public required string System { get; init; }

    public required string Dotnet { get; init; }

    public string? Nginx { get; init; }

    public string? Node { get; init; }

    public string? Gateway { get; init; }

    /// <summary>Programs that wanted a core in the minute before: above <see cref="Cores"/> others were at work.</summary>
    public required double Load { get; init; }

    public static Machine Describe(Tools tools) => new()
    {
        Cores = Environment.ProcessorCount,
        Processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        System = RuntimeInformation.OSDescription,
        Dotnet = Environment.Version.ToString(),
        Nginx = tools.Nginx is null ? null : Version(tools.Nginx, "-v")?.Split('/')[^1],
        Node = tools.Node is null ? null : Version(tools.Node, "--version"),
        Gateway = tools.Gateway is null ? null : PackageVersion(Path.Combine(Path.GetDirectoryName(tools.Gateway)!, "..", "package.json")), // a file in a folder
        Load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture),
    };

    private static string? Version(string program, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(program, argument) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true });
        return process is null ? null : (process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd()).Trim();
    }

    private static string? PackageVersion(string path)
    {
        using var package = JsonDocument.Parse(File.ReadAllText(path));
        return package.RootElement.GetProperty("version").GetString();
    }
}
