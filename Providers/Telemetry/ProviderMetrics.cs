using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;

namespace Serving.Providers.Telemetry;

/// <summary>
/// What is measured of calls to providers. Labels are names of models and words of fixed sets: never a key, an address, or what a provider wrote.
/// Without a listener nothing is recorded and nothing allocated. Thread-safe.
/// </summary>
/// <remarks>
/// One instance for each host, not static: the scope of its meter tells apart the hosts of a process, and its gauges go with it. Static gauges would mix
/// the breakers of two hosts under one name, and keep those of a host that has gone.
/// </remarks>
public sealed class ProviderMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Serving.Providers";

    private readonly ConcurrentDictionary<ModelName, ModelMetrics> _models = new();
    private readonly ConcurrentDictionary<string, (CallLimit Calls, OpenConnections Connections)> _pools = new(StringComparer.Ordinal);
    private readonly Meter _meter;

    /// <summary>Makes the instruments.</summary>
    /// <param name="usage">Tells the costs; null for none.</param>
    /// <param name="meters">Makes the meter, and disposes it; null for a meter that this instance disposes and is the scope of.</param>
    /// <param name="tokens">By which names tokens are told.</param>
    public ProviderMetrics(UsageLedger? usage = null, IMeterFactory? meters = null, TokenMetrics tokens = TokenMetrics.Old)
    {
        var options = new MeterOptions(MeterName);
        if (meters is null)
            options.Scope = this;
        _meter = meters?.Create(options) ?? new Meter(options);

        Attempts = _meter.CreateCounter<long>("serving.provider.attempts", "{attempt}", "Calls sent to a provider, retries and second calls included.");
        Retries = _meter.CreateCounter<long>("serving.provider.retries", "{retry}", "Attempts that followed a failed one of the same model.");
        Fallbacks = _meter.CreateCounter<long>("serving.provider.fallbacks", "{fallback}", "Calls that a model took over from the one before it.");
        Hedges = _meter.CreateCounter<long>("serving.provider.hedges", "{call}", "Second calls made because the first was slow.");
        Duration = _meter.CreateHistogram("gen_ai.client.operation.duration", "s", "How long an attempt took, a stream up to its end.", null, Buckets.Seconds);
        TimeToFirstChunk = _meter.CreateHistogram(
            "gen_ai.client.operation.time_to_first_chunk", "s", "How long a stream took up to its first chunk.", null, Buckets.Seconds);
        TimePerOutputChunk = _meter.CreateHistogram(
            "gen_ai.client.operation.time_per_output_chunk", "s", "The time between two chunks of a stream.", null, Buckets.Seconds);
        if (tokens is TokenMetrics.Old or TokenMetrics.Both)
            TokenUsage = _meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of an attempt, as its provider told.", null, Buckets.Tokens);
        if (tokens is TokenMetrics.New or TokenMetrics.Both)
            InferenceTokens = new InferenceTokens(_meter, Buckets.Tokens);
        _meter.CreateObservableUpDownCounter(
            "serving.provider.calls_in_flight", () => _models.Values.Select(model => model.InFlight), "{call}", "Attempts that have not ended.");
        _meter.CreateObservableUpDownCounter(
            "serving.provider.pool.in_flight", () => OfPools(static pool => pool.Calls.InFlight), "{call}", "Calls to a provider in flight, over all its models.");
        _meter.CreateObservableUpDownCounter(
            "serving.provider.pool.waiting", () => OfPools(static pool => pool.Calls.Waiting), "{call}", "Calls that wait for a place at a provider.");
        _meter.CreateObservableGauge(
            "serving.provider.pool.limit", () => OfPools(static pool => pool.Calls.MaxCalls), "{call}", "The most calls to a provider that may be in flight.");
        _meter.CreateObservableUpDownCounter(
            "serving.provider.connections", () => OfPools(static pool => pool.Connections.Count), "{connection}", "Open connections to a provider, in use or in reserve.");
        _meter.CreateObservableGauge(
            "serving.provider.breaker.state",
            () => OfHealth(static health => (int)health.Breaker),
            null,
            "Whether calls of a model are made: 0 closed, they are; 1 half-open, one is; 2 open, they are refused.");
        _meter.CreateObservableGauge(
            "serving.provider.retry_budget", () => OfHealth(static health => health.RetriesLeft), "{retry}", "Retries a model's budget holds.");
        if (usage is not null)
            _meter.CreateObservableCounter("serving.llm.cost.dollars", () => Costs(usage), "{dollar}", "What the tokens of models with a known price cost.");
    }

    internal Counter<long> Attempts { get; }

    internal Counter<long> Retries { get; }

    internal Counter<long> Fallbacks { get; }

    internal Counter<long> Hedges { get; }

    internal Histogram<double> Duration { get; }

    internal Histogram<double> TimeToFirstChunk { get; }

    internal Histogram<double> TimePerOutputChunk { get; }

    internal Histogram<long>? TokenUsage { get; }

    internal InferenceTokens? InferenceTokens { get; }

    /// <summary>Ends the measuring, unless the meter belongs to a factory.</summary>
    public void Dispose()
    {
        if (ReferenceEquals(_meter.Scope, this))
            _meter.Dispose();
    }

    /// <summary>The measures of a model: the same for all that ask by its name.</summary>
    /// <param name="name">The model; a catalog's, since it becomes a label.</param>
    /// <param name="health">Asked whenever gauges are read; the last one given counts. Null to leave it as it is.</param>
    internal ModelMetrics Of(ModelName name, Func<ModelHealth>? health = null)
    {
        var model = _models.GetOrAdd(name, static (name, metrics) => new ModelMetrics(metrics, name), this);
        if (health is not null)
            model.Health = health;
        return model;
    }

    /// <summary>Has the use of a provider's places told.</summary>
    /// <param name="provider">Its name; a catalog's, since it becomes a label.</param>
    /// <param name="calls">Its limit; the last one given counts.</param>
    /// <param name="connections">Its connections.</param>
    internal void Watch(string provider, CallLimit calls, OpenConnections connections) => _pools[provider] = (calls, connections);

    private IEnumerable<Measurement<int>> OfPools(Func<(CallLimit Calls, OpenConnections Connections), int> value)
    {
        foreach (var (provider, pool) in _pools)
            yield return new Measurement<int>(value(pool), new KeyValuePair<string, object?>("provider", provider));
    }

    private static IEnumerable<Measurement<double>> Costs(UsageLedger ledger)
    {
        foreach (var usage in ledger.Snapshot())
        {
            if (usage.Cost is { } cost)
                yield return ModelMetrics.Measure(usage.Model, (double)cost);
        }
    }

    private IEnumerable<Measurement<T>> OfHealth<T>(Func<ModelHealth, T> value)
        where T : struct
    {
        foreach (var model in _models.Values)
        {
            if (model.Health is { } health)
                yield return ModelMetrics.Measure(model.Name, value(health()));
        }
    }

    /// <summary>The boundaries that OpenTelemetry's conventions for generative AI ask for.</summary>
    private static class Buckets
    {
        public static readonly InstrumentAdvice<double> Seconds = new()
        {
            HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
        };

        public static readonly InstrumentAdvice<long> Tokens = new()
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
        };
    }
}
