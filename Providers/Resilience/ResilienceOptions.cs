namespace Serving.Providers.Resilience;

/// <summary>How calls of a model are bounded, repeated and held back. The same for whole answers and streams unless it says otherwise.</summary>
public sealed record ResilienceOptions
{
    /// <summary>The longest one attempt may take: a whole answer, or a stream up to its first content.</summary>
    /// <value>Default 30 seconds. The run's own deadline bounds it further.</value>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest silence between two updates of a stream that has begun. Time that the reader takes does not count.</summary>
    /// <value>Default null: as long as <see cref="AttemptTimeout"/>.</value>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How many attempts may follow the first one of a call. Only transient failures are tried again.</summary>
    /// <value>Default 3; 0 for none.</value>
    public int MaxRetries { get; init; } = 3;

    /// <summary>The longest wait before the first retry; it doubles with each further one, up to 30 seconds. Half of a wait is left to chance.</summary>
    /// <value>Default 1 second. What the provider asks for is a floor.</value>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many retries each call earns for the model as a whole. At most ten are saved up, and as many are there at the start.</summary>
    /// <value>Default 0.19: of 1,000 calls in an outage at most 200 are repeated. 0 leaves the ten of the start.</value>
    public double RetryBudget { get; init; } = 0.19;

    /// <summary>The share of failed calls at which the breaker opens.</summary>
    /// <value>Default 0.5. Above 1 it opens only for a model that is down for good.</value>
    public double BreakerFailureShare { get; init; } = 0.5;

    /// <summary>How many calls must have ended within <see cref="BreakerWindow"/> before their share counts.</summary>
    /// <value>Default 10.</value>
    public int BreakerMinimumCalls { get; init; } = 10;

    /// <summary>How far the breaker looks back.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan BreakerWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open breaker refuses calls before it lets one through to see.</summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan BreakerOpenTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same after a failure that lasts until an operator acts: a refused key, no credit, an unknown model. One such failure opens the breaker.</summary>
    /// <value>Default 5 minutes. A changed key ends it at once.</value>
    public TimeSpan HardDownTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest share of calls that are made a second time when the first is slower than 19 in 20 of its model have been; the faster one counts.</summary>
    /// <value>Default 0: never. At most 0.1. Second calls are taken from the retry budget too.</value>
    public double HedgeShare { get; init; }
}
