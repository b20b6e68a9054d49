using Serving.LoadTests.Client;
using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Compare;

/// <summary>A server that is compared, running.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const string AllocatedMetric = "dotnet_gc_heap_total_allocated_bytes_total";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly LoadClient _client;
    private readonly LoadRequest _request;
    private readonly IAsyncDisposable? _owned;
    private readonly int _process;
    private readonly Uri? _metrics;
    private double _scrape;

    /// <param name="kind">What it is.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="process">The process to account for, with all that it started.</param>
    /// <param name="request">What it is asked.</param>
    /// <param name="metrics">Where it tells what it has allocated; null if it does not.</param>
    /// <param name="owned">What ends with it.</param>
    public Server(ServerKind kind, Uri address, int process, LoadRequest request, Uri? metrics, IAsyncDisposable? owned)
    {
        Kind = kind;
        _client = new LoadClient(address);
        (_process, _request, _metrics, _owned) = (process, request, metrics, owned);
    }

    public ServerKind Kind { get; }

    /// <summary>Puts load on it, and accounts for it.</summary>
    public async Task<Turn> TakeTurnAsync(Part part, TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        var allocated = await AllocatedAsync(cancellationToken);
        var before = ProcessTree.Read(_process);
        var load = ClosedLoop.RunAsync(_client, _request, part.Copies, duration, part.Spread, time, cancellationToken);
        var most = await MostResidentAsync(load, time);
        var count = await load;
        var after = ProcessTree.Read(_process);
        return new Turn
        {
            Seconds = count.Seconds,
            Answers = count.Answers,
            Frames = count.Frames,
            CpuSeconds = after.CpuSeconds - before.CpuSeconds,
            Allocated = await AllocatedAsync(cancellationToken) - allocated - _scrape,
            Resident = Math.Max(most, after.Resident),
            WaitP50 = count.Wait(0.5),
            WaitP99 = count.Wait(0.99),
            Failures = count.Failures,
        };
    }

    /// <summary>
    /// Warms it up until it has used so much CPU time, on a busy machine for up to three times as long: what is compiled as it runs gets there by work, not by waiting.
    /// Then sees what asking for its allocations allocates.
    /// </summary>
    public async Task WarmUpAsync(Part part, TimeSpan cpu, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var before = ProcessTree.Read(_process).CpuSeconds;
        do
            await ClosedLoop.RunAsync(_client, _request, part.Copies, cpu / 3, TimeSpan.Zero, time, cancellationToken);
        while (ProcessTree.Read(_process).CpuSeconds - before < cpu.TotalSeconds && time.GetElapsedTime(began) < 3 * cpu);

        var first = await AllocatedAsync(cancellationToken);
        _scrape = await AllocatedAsync(cancellationToken) - first ?? 0;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _client.Dispose();
        if (_owned is not null)
            await _owned.DisposeAsync();
    }

    private async Task<long> MostResidentAsync(Task load, TimeProvider time)
    {
        long most = 0;
        while (await Task.WhenAny(load, Task.Delay(BetweenLooks, time)) != load)
            most = Math.Max(most, ProcessTree.Read(_process).Resident);
        return most;
    }

    private async Task<double?> AllocatedAsync(CancellationToken cancellationToken)
    {
        if (_metrics is null)
            return null;
        return MetricsText.ValuesOf(await _http.GetStringAsync(_metrics, cancellationToken), AllocatedMetric).First();
    }
}
