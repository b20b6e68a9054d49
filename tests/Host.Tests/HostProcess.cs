using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Serving.Host.Tests;

/// <summary>The host as a process of its own, on a free port of the loopback interface.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _lines = [];

    private HostProcess(Process process) => _process = process;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it has printed to its standard output so far; all of it once it has ended.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public StreamReader Errors => _process.StandardError;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static HostProcess Start(params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ServingHost).Assembly.Location])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in RunningHost.NoProviders)
            start.Environment.Remove(name);
        foreach (var (key, value) in ((string Key, string Value)[])[("PORT", "0"), ("METRICS_PORT", "0"), ("BIND_ADDRESS", "127.0.0.1"), ("SHUTDOWN_DELAY", "0"), .. settings])
            start.Environment[key] = value;
        return new HostProcess(Process.Start(start)!); // not a document that a shell opens
    }

    /// <summary>Waits until it tells where it listens.</summary>
    public async Task<Uri> AddressAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(Patience, Cancellation) is { } line)
        {
            _lines.Add(line);
            var match = Regex.Match(line, @"Now listening on: (?<url>http://[^\\"" ]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            if (match.Success)
                return new Uri(match.Groups["url"].Value);
        }

        throw new InvalidOperationException($"The host gave no address: {await Errors.ReadToEndAsync(Cancellation)}");
    }

    /// <summary>Asks it to end.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])!.Dispose(); // there is such a program

    /// <summary>Waits until it has ended.</summary>
    public async Task WaitAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(Patience, Cancellation) is { } line)
            _lines.Add(line);
        await _process.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
