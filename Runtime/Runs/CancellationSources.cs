using System.Collections.Concurrent;

namespace Serving.Runtime.Runs;

/// <summary>
/// Sources of tokens that are cancelled after a time, used again and again: a new one for each request and each attempt, with its timer and what registers on its token, was 0.8 KB of a call.
/// Only those that were not cancelled come back. Thread-safe.
/// </summary>
/// <remarks>A token must not be used any more once its source has been returned: it is another request's by then. The server does the same with <c>HttpContext.RequestAborted</c>.</remarks>
public static class CancellationSources
{
    private const int MostKept = 1024;

    private static readonly ConcurrentQueue<CancellationTokenSource> Kept = new();
    private static int _count;

    /// <summary>A source whose token is cancelled after a time. Give it to <see cref="Return"/>, not to <c>Dispose</c>.</summary>
    /// <param name="after">The time.</param>
    /// <param name="time">The clock. Sources of others than the system's are not kept.</param>
    public static CancellationTokenSource Rent(TimeSpan after, TimeProvider time)
    {
        if (time != TimeProvider.System || !Kept.TryDequeue(out var source))
            return new CancellationTokenSource(after, time);
        Interlocked.Decrement(ref _count);
        source.CancelAfter(after);
        return source;
    }

    /// <summary>Takes a source back. What is registered on its token is forgotten.</summary>
    public static void Return(CancellationTokenSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        // Not one whose timer has fired: it may be about to cancel.
        if (!source.TryReset())
        {
            source.Dispose();
        }
        else if (Interlocked.Increment(ref _count) > MostKept)
        {
            Interlocked.Decrement(ref _count);
            source.Dispose();
        }
        else
        {
            Kept.Enqueue(source);
        }
    }
}
