using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Serving.LoadTests.Targets;

/// <summary>A program that was started for a run and ends with it. Its output is read as bytes, which costs little however much it logs; the last of it is kept.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int Kept = 16 * 1024;
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<(string Marker, TaskCompletionSource<string> Found)> _waiters = [];
    private readonly Task[] _pumps;
    private string _tail = "";

    private ChildProcess(Process process, string name)
    {
        _process = process;
        Name = name;
        _pumps = [PumpAsync(process.StandardOutput.BaseStream), PumpAsync(process.StandardError.BaseStream)];
    }

    /// <summary>A name for people.</summary>
    public string Name { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The status it ended with; null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>The last that it printed.</summary>
    public string Tail
    {
        get
        {
            lock (_lock)
                return _tail;
        }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="name">A name for people.</param>
    /// <param name="program">The file to run, or a command on the path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Set on top of this process's environment; null takes a name out of it.</param>
    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start."), name);
    }

    /// <summary>Waits until it has printed a text, and gives what follows it up to white space or a quote.</summary>
    /// <exception cref="InvalidOperationException">It ended, or the time did; the message has its last output.</exception>
    public async Task<string> PrintedAsync(string marker, TimeSpan patience, CancellationToken cancellationToken)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiters.Add((marker, found));
            Look();
        }

        try
        {
            var ended = _process.WaitForExitAsync(cancellationToken);
            if (await Task.WhenAny(found.Task, ended).WaitAsync(patience, cancellationToken) == found.Task)
                return await found.Task;
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"{Name} printed no '{marker}' within {patience.TotalSeconds} s. Its last output:\n{Tail}", late);
        }

        await Task.WhenAll(_pumps).WaitAsync(cancellationToken);
        throw new InvalidOperationException($"{Name} ended with status {ExitCode} before it printed '{marker}'. Its last output:\n{Tail}");
    }

    /// <summary>Waits until it has ended by itself; the status it ended with.</summary>
    public async Task<int> EndedAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end (SIGTERM), and waits.</summary>
    /// <returns>Whether it ended by itself, with status 0, in time; else it is killed.</returns>
    public async Task<bool> StopAsync(TimeSpan patience)
    {
        if (!_process.HasExited && Kill(_process.Id, Terminate) == 0)
        {
            try
            {
                await _process.WaitForExitAsync().WaitAsync(patience);
            }
            catch (TimeoutException)
            {
                // Killed below.
            }
        }

        if (_process.HasExited)
            return _process.ExitCode == 0;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(10));
        _process.Dispose();
    }

    private async Task PumpAsync(Stream output)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await output.ReadAsync(buffer) is > 0 and var count)
                Take(buffer.AsSpan(0, count));
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The process is gone.
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            // Once nobody waits for a text, only the end of what came matters.
            if (_waiters.Count == 0 && bytes.Length > Kept)
                bytes = bytes[^Kept..];
            _tail += Encoding.UTF8.GetString(bytes);
            Look();
            if (_tail.Length > Kept)
                _tail = _tail[^Kept..];
        }
    }

    private void Look()
    {
        foreach (var (marker, found) in _waiters)
        {
            var at = _tail.IndexOf(marker, StringComparison.Ordinal);
            var end = at < 0 ? -1 : _tail.AsSpan(at + marker.Length).IndexOfAny(" \t\r\n\"");
            if (end >= 0)
                found.TrySetResult(_tail.Substring(at + marker.Length, end));
        }

        _waiters.RemoveAll(waiter => waiter.Found.Task.IsCompleted);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int id, int signal);
}
