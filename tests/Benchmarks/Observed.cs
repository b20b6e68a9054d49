using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Serving.Benchmarks;

/// <summary>The host as shipped, in a process of its own.</summary>
internal sealed partial class Observed : IDisposable
{
    private readonly Process _process;

    private Observed(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>What the process has used so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a host that calls a model of a provider at an address. Of two settings of one name the last counts.</summary>
    public static async Task<Observed> StartAsync(Uri provider, string model, params (string Key, string Value)[] settings)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var root = own.Parent!.Parent!.Parent!.Parent!.Parent!.FullName; // tests/Benchmarks/bin/Release/net10.0
        var start = new ProcessStartInfo("dotnet", [Path.Combine(root, "Host", "bin", own.Parent.Name, own.Name, "serving.dll"), "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        start.Environment["OPENAI_API_KEY"] = "key";
        start.Environment["OPENAI_BASE_URL"] = new Uri(provider, "/v1").AbsoluteUri;
        start.Environment["DEFAULT_MODEL"] = $"openai:{model}";
        start.Environment["SHUTDOWN_DELAY"] = "0";
        start.Environment["LOG_FORMAT"] = "json";
        // How long idle threads spin before they sleep depends on what else the machine does, and is no work of a request.
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        var process = Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
        return new Observed(process, await AddressAsync(process));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    /// <summary>Where it listens. Its log is read to the end, so that it never waits for a reader, and as bytes: a reader of lines would take the cores that it is measured on.</summary>
    private static async Task<Uri> AddressAsync(Process process)
    {
        var log = process.StandardOutput;
        while (await log.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match)
                continue;
            _ = log.BaseStream.CopyToAsync(Stream.Null, 256 * 1024);
            return new Uri(match.Value);
        }

        throw new InvalidOperationException("The host ended before it listened.");
    }

    [GeneratedRegex(@"(?<=Now listening on: )http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}
