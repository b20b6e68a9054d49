using System.Threading.RateLimiting;

namespace Serving.Providers.Resilience;

/// <summary>How many calls to a provider are in flight at once, over all its models. Further ones wait in the order they came. Thread-safe.</summary>
public sealed class CallLimit : IDisposable
{
    private readonly ConcurrencyLimiter _limiter;

    /// <summary>Makes a limit.</summary>
    /// <param name="maxCalls">The most calls at once, at least 1. A stream counts until it ends.</param>
    /// <param name="maxWaiting">The most calls that wait; more are refused.</param>
    public CallLimit(int maxCalls, int maxWaiting)
    {
        MaxCalls = maxCalls;
        _limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = maxCalls,
            QueueLimit = maxWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>The most calls at once.</summary>
    public int MaxCalls { get; }

    /// <summary>How many calls are in flight.</summary>
    public int InFlight => MaxCalls - (int)(_limiter.GetStatistics()?.CurrentAvailablePermits ?? 0);

    /// <summary>How many calls wait for a place.</summary>
    public int Waiting => (int)(_limiter.GetStatistics()?.CurrentQueuedCount ?? 0);

    internal ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellationToken) => _limiter.AcquireAsync(1, cancellationToken);

    /// <summary>A place if one is free.</summary>
    internal RateLimitLease TryEnter() => _limiter.AttemptAcquire();

    /// <summary>Refuses all that waits.</summary>
    public void Dispose() => _limiter.Dispose();
}
