using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Serving.Clients.Tests;

/// <summary>A program of this repository, listening on a free port of its own choice until disposed.</summary>
public abstract partial class ServerProcess : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly List<string> _log = [];
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProcessStartInfo _start;
    private Process? _process;

    private protected ServerProcess(string program, IReadOnlyDictionary<string, string?> environment)
    {
        _start = new ProcessStartInfo(Dotnet, [program, "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = Path.GetDirectoryName(program),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            _start.Environment[name] = value;
    }

    /// <summary>What runs built programs.</summary>
    internal static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>The address it answers at, without a trailing slash.</summary>
    public string BaseUrl => _address.Task is { IsCompletedSuccessfully: true } address
        ? address.GetAwaiter().GetResult()
        : throw new InvalidOperationException("The server has not started.");

    /// <summary>What it has logged so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    public async ValueTask InitializeAsync()
    {
        _process = new Process { StartInfo = _start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The server ended before it listened."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            await _address.Task.WaitAsync(StartLimit, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (Exception error)
        {
            await DisposeAsync();
            throw new InvalidOperationException($"'{string.Join(' ', _start.ArgumentList)}' did not start. It logged:\n{Log}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is not { } process)
            return;
        _process = null;
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.Add(line);
        if (ListeningOn().Match(line) is { Success: true } match)
            _address.TrySetResult(match.Groups["address"].Value);
    }

    [GeneratedRegex(@"Now listening on: \W*(?<address>http://127\.0\.0\.1:[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListeningOn();
}
