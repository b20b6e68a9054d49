namespace Serving.LoadTests.Driver;

/// <summary>
/// Sends requests when they are due. A rate never waits for answers, and a request's time counts from the moment it was due, so an answer that is late is seen in
/// full, and so are those that were due behind it.
/// </summary>
public sealed class LoadDriver
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly LoadDriverOptions _options;
    private readonly TimeProvider _time;
    private int _inFlight;

    /// <param name="options">How it drives.</param>
    public LoadDriver(LoadDriverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = options.Time;
    }

    /// <summary>Runs all lanes side by side, and waits until nothing is in flight.</summary>
    /// <param name="lanes">What to run.</param>
    /// <param name="cancellationToken">Sends nothing more, and cuts off what is in flight.</param>
    public async Task RunAsync(IReadOnlyList<Lane> lanes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lanes);
        using var hardStop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var start = _time.GetTimestamp();
        foreach (var lane in lanes)
            lane.Recorder.Start(start);
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Increment(ref _inFlight);
        try
        {
            await Task.WhenAll(lanes.Select(lane => Task.WhenAll(OpenAsync(lane, start, drained, hardStop.Token), ClosedAsync(lane, start, drained, hardStop.Token))));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What is in flight ends as cancelled, and is counted.
        }

        Ended(drained);
        try
        {
            await drained.Task.WaitAsync(_options.Drain, _time, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            await hardStop.CancelAsync();
            await drained.Task;
        }
    }

    private async Task OpenAsync(Lane lane, long start, TaskCompletionSource drained, CancellationToken cancellationToken)
    {
        long n = 0;
        foreach (var due in ArrivalSchedule.Of(lane.Simulations, _options.Pacing, new Dice(_options.Seed)))
        {
            while (due - _time.GetElapsedTime(start) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait > Shortest ? wait : Shortest, _time, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (Volatile.Read(ref _inFlight) > _options.MostInFlight)
                lane.Recorder.Skipped();
            else
                _ = SendAsync(lane, n, due, start, drained, cancellationToken);
            n++;
        }
    }

    /// <summary>Starts the copies of closed simulations when they are due; each goes on as long as its number is wanted.</summary>
    private async Task ClosedAsync(Lane lane, long start, TaskCompletionSource drained, CancellationToken cancellationToken)
    {
        var copies = new List<Task>();
        var stretch = TimeSpan.Zero;
        double before = 0;
        long n = -1;
        foreach (var simulation in lane.Simulations)
        {
            var from = simulation.Kind == LoadKind.RampingConstant ? before : simulation.Amount;
            if (simulation.IsClosed)
            {
                var first = stretch;
                var most = (int)Math.Ceiling(Math.Max(from, simulation.Amount));
                // A copy's first moment of being wanted, by the line from one amount to the other.
                for (var copy = 0; copy < most; copy++)
                    copies.Add(CopyAsync(copy, simulation, from, first, copy < from ? first : first + (simulation.During * ((copy - from) / (simulation.Amount - from)))));
            }

            before = simulation.IsClosed ? simulation.Amount : 0;
            stretch += simulation.During;
        }

        await Task.WhenAll(copies);

        async Task CopyAsync(int copy, LoadSimulation simulation, double from, TimeSpan first, TimeSpan begin)
        {
            while (begin - _time.GetElapsedTime(start) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait > Shortest ? wait : Shortest, _time, cancellationToken);
            while (true)
            {
                var now = _time.GetElapsedTime(start);
                var progress = (now - first) / simulation.During;
                if (progress >= 1 || copy >= Math.Ceiling(from + ((simulation.Amount - from) * progress)) || cancellationToken.IsCancellationRequested)
                    return;
                await SendAsync(lane, Interlocked.Increment(ref n), now, start, drained, cancellationToken);
            }
        }
    }

    private async Task SendAsync(Lane lane, long n, TimeSpan due, long start, TaskCompletionSource drained, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            var request = lane.Requests(n);
            var lag = _time.GetElapsedTime(start) - due;
            lane.Recorder.Sent(due, lag);
            var result = await lane.Client.SendAsync(request, cancellationToken);
            lane.Recorder.Record(request, result, lag, _time.GetElapsedTime(start));
        }
        finally
        {
            Ended(drained);
        }
    }

    private void Ended(TaskCompletionSource drained)
    {
        if (Interlocked.Decrement(ref _inFlight) == 0)
            drained.TrySetResult();
    }
}
