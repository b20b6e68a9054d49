using System.Runtime.ExceptionServices;

namespace Serving.Runtime.Runnables;

/// <summary>Runs the items of a batch, or the branches of a map, at once.</summary>
internal static class SideBySide
{
    /// <summary>
    /// Calls <paramref name="work"/> for every index, in order, at most <paramref name="limit"/> at once. The first failure cancels the token of the
    /// others and, once they have ended, is thrown as it was.
    /// </summary>
    public static async ValueTask RunAsync(int count, int? limit, Func<int, CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = -1;
        ExceptionDispatchInfo? failure = null;
        var workers = new Task[Limit(limit, count)];
        for (var i = 0; i < workers.Length; i++)
            workers[i] = WorkAsync();
        await Task.WhenAll(workers).ConfigureAwait(false);
        failure?.Throw();
        cancellationToken.ThrowIfCancellationRequested();

        async Task WorkAsync()
        {
            int index;
            while (!stop.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < count)
            {
                try
                {
                    await work(index, stop.Token).ConfigureAwait(false);
                }
                catch (Exception error)
                {
                    if (Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null) is null)
                        await stop.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
        }
    }

    /// <summary>How many of <paramref name="count"/> run at once under a limit.</summary>
    public static int Limit(int? limit, int count) => Math.Min(Math.Max(limit ?? count, 1), count);
}
