using System.Diagnostics;
using System.Globalization;

namespace Serving.Benchmarks;

/// <summary>A server under load. Ends with its owner.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = address };
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<ServerProcess> StartAsync(string kind, Uri? provider = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["serve", kind, .. provider is null ? (string[])[] : [provider.ToString()]]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"The {kind} server did not start.");
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The {kind} server gave no address.");
        return new ServerProcess(process, new Uri(address));
    }

    public async Task<(double CpuMicroseconds, long AllocatedBytes, long WorkingSet)> StatsAsync()
    {
        var parts = (await _http.GetStringAsync("/stats")).Split(' ');
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.StandardInput.WriteLineAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
