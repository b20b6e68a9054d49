using System.Collections.Concurrent;
using System.Diagnostics;

namespace Serving.Rollouts.Tests.Load;

/// <summary>
/// Invokes, streams and batches at a constant rate, whatever becomes of those before: a slow answer does not spare the hosts a request. Kinds are chosen by the seed.
/// </summary>
internal sealed class MixedLoad : IAsyncDisposable
{
    private const int PerSecond = 30;

    private static readonly string[] Kinds = ["invoke", "invoke", "invoke", "invoke", "stream", "stream", "stream", "stream", "stream_events", "batch"];

    private readonly ConcurrentQueue<Exchange> _ended = new();
    private readonly CancellationTokenSource _over = new();
    private readonly HonestClient _client;
    private readonly Task _running;

    public MixedLoad(Uri address, int seed)
    {
        _client = new HonestClient(address);
        _running = RunAsync(new Random(seed));
    }

    /// <summary>Requests that have ended.</summary>
    public IReadOnlyCollection<Exchange> Ended => _ended;

    /// <summary>Waits until so many more requests have been answered.</summary>
    public Task MoreAsync(int requests)
    {
        var target = _ended.Count + requests;
        return Eventually.TrueAsync("the load goes on", () => Task.FromResult(_ended.Count >= target), TimeSpan.FromMinutes(1));
    }

    /// <summary>Sends no more, and waits for the answers.</summary>
    public async Task<IReadOnlyCollection<Exchange>> EndAsync()
    {
        await _over.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        return Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _client.Dispose();
        await _running.WaitAsync(TimeSpan.FromMinutes(2), CancellationToken.None);
        _over.Dispose();
    }

    private async Task RunAsync(Random random)
    {
        var sent = 0;
        List<Task> open = [];
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        while (!_over.IsCancellationRequested)
        {
            for (var due = Stopwatch.GetElapsedTime(begun).TotalSeconds * PerSecond; sent < due; sent++)
                open.Add(CallAsync(sent, Kinds[random.Next(Kinds.Length)]));
            open.RemoveAll(call => call.IsCompletedSuccessfully);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        await Task.WhenAll(open);
    }

    private async Task CallAsync(int number, string kind)
    {
        var started = Stopwatch.GetTimestamp();
        var address = $"/joke/{kind}?request={number}";
        var (outcome, detail) = await _client.CallAsync(address, kind);
        _ended.Enqueue(new Exchange(address, kind, started, outcome, detail));
    }
}
