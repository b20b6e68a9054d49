using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serving.Providers.Accounting;
using Serving.Providers.Telemetry;

namespace Serving.Providers.Resilience;

/// <summary>What resilient models share with the rest of the process.</summary>
public sealed record ResilienceServices
{
    /// <summary>The clock of all waits and limits.</summary>
    /// <value>Default the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Chance, from 0 up to but not including 1: jitter, and the choice of a deployment. Thread-safe.</summary>
#pragma warning disable RS0030 // The default where nothing is injected.
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;
#pragma warning restore RS0030

    /// <summary>Where the tokens of all attempts are counted.</summary>
    public UsageLedger Usage { get; init; } = new();

    /// <summary>What is measured of all calls. Not disposed.</summary>
    /// <value>Default null: nothing.</value>
    public ProviderMetrics? Metrics { get; init; }

    /// <summary>Where retries, failovers and breakers are told of.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Where, at <see cref="LogLevel.Trace"/>, is told what models are asked and answer.</summary>
    public ILogger ContentLogger { get; init; } = NullLogger.Instance;

    /// <summary>Whether spans carry what models are asked and answer.</summary>
    /// <value>Default false: it may hold what callers want to keep to themselves.</value>
    public bool RecordsContent { get; init; }

    /// <summary>Told of each key before it is first sent, so that it can be kept out of what is logged. Called from any thread.</summary>
    /// <value>Default null: nobody is told.</value>
    public Action<string>? KeySeen { get; init; }
}
