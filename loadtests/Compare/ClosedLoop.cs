using Serving.LoadTests.Client;

namespace Serving.LoadTests.Compare;

/// <summary>So many requests at once, each followed by the next: what CPU a request takes is best seen when there is never too little to do.</summary>
internal static class ClosedLoop
{
    /// <summary>Runs for a time, and until all that was begun has ended. Each copy sends at least one request.</summary>
    public static async Task<LoopCount> RunAsync(LoadClient client, LoadRequest request, int copies, TimeSpan duration, TimeSpan spread, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, copies).Select(copy => Task.Run(() => LoopAsync(copy), cancellationToken)));
        var total = new LoopCount();
        foreach (var count in counts)
            total.Add(count);
        total.Seconds = time.GetElapsedTime(began).TotalSeconds;
        return total;

        async Task<LoopCount> LoopAsync(int copy)
        {
            var count = new LoopCount();
            if (spread > TimeSpan.Zero)
                await Task.Delay(spread * copy / copies, time, cancellationToken);
            do
            {
                count.Add(await client.SendAsync(request, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
            while (time.GetElapsedTime(began) < duration);

            return count;
        }
    }
}
