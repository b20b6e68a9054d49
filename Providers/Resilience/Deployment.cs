using Microsoft.Extensions.AI;

namespace Serving.Providers.Resilience;

/// <summary>A way to a model, with its breaker, and its rest after a rate limit. Thread-safe.</summary>
internal sealed class Deployment(ModelDeployment deployment, CircuitBreaker breaker, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _restUntil;

    public IChatClient Client => deployment.Client;

    public double Weight => deployment.Weight;

    public CircuitBreaker Breaker => breaker;

    /// <summary>How long it rests; null if it does not.</summary>
    public TimeSpan? RestLeft
    {
        get
        {
            var left = Volatile.Read(ref _restUntil) - time.GetElapsedTime(_start).Ticks;
            return left > 0 ? TimeSpan.FromTicks(left) : null;
        }
    }

    public void Rest(TimeSpan wait)
    {
        var until = (time.GetElapsedTime(_start) + wait).Ticks;
        for (var known = Volatile.Read(ref _restUntil); known < until;)
        {
            var seen = Interlocked.CompareExchange(ref _restUntil, until, known);
            if (seen == known)
                return;
            known = seen;
        }
    }
}
