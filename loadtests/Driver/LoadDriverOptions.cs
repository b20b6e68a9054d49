namespace Serving.LoadTests.Driver;

/// <summary>How a load is driven.</summary>
public sealed record LoadDriverOptions
{
    /// <summary>What chance depends on.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How a rate is spread over time.</summary>
    public Pacing Pacing { get; init; } = Pacing.Poisson;

    /// <summary>The most requests in flight. Those due beyond are not sent, and the run is invalid.</summary>
    /// <value>Default 20,000.</value>
    public int MostInFlight { get; init; } = 20_000;

    /// <summary>How long the last requests may take after the last one was sent. Then they are cut off.</summary>
    /// <value>Default 120 seconds.</value>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
