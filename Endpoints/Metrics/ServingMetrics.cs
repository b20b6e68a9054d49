using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Hosting;

namespace Serving.Endpoints.Metrics;

/// <summary>
/// What is measured of requests. Labels are chains of the catalog and words of fixed sets: nothing a caller sent. Without a listener nothing is recorded
/// and nothing allocated. One instance for each host. Thread-safe.
/// </summary>
internal sealed class ServingMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Serving.Endpoints";

    /// <summary>The chain of requests that met none: unknown paths, wrong methods, headers that are too large.</summary>
    public const string NoChain = "none";

    private readonly ChainMetrics _none;
    private long _overloaded;
    private long _shuttingDown;
    private int _streams;

    public ServingMetrics(IMeterFactory meters, AdmissionGate gate)
    {
        var meter = meters.Create(MeterName);
        Requests = meter.CreateCounter<long>("serving.requests", "{request}", "Requests that have ended, by the status the client was told; 499 if it left.");
        Duration = meter.CreateHistogram(
            "serving.request.duration", "s", "How long requests to chains took, failed ones too, refused ones not; a stream up to its end.", null, Buckets.Request);
        TimeToFirstChunk = meter.CreateHistogram(
            "serving.time_to_first_chunk", "s", "How long streams took up to the first piece of the chain's answer.", null, Buckets.FirstChunk);
        ChunkInterval = meter.CreateHistogram("serving.chunk_interval", "s", "The time between two chunks of a stream.", null, Buckets.Interval);
        StreamChunks = meter.CreateHistogram("serving.stream.chunks", "{chunk}", "Chunks of a stream, as events of data that were sent.", null, Buckets.Chunks);
        BatchSize = meter.CreateHistogram("serving.batch.size", "{input}", "Inputs of a batch.", null, Buckets.Inputs);
        Errors = meter.CreateCounter<long>(
            "serving.errors", "{error}", "What clients were told went wrong, by kind; of a batch with errors in place, each of them.");
        HostOverhead = meter.CreateHistogram(
            "serving.host_overhead", "s", "How long requests to chains took, less the time during which a model was waited for: also what tools, retrievers and slow clients take.", null, Buckets.Overhead);
        meter.CreateObservableUpDownCounter("serving.requests.in_flight", () => gate.InFlight, "{request}", "Requests to chains that are being answered.");
        meter.CreateObservableGauge("serving.requests.limit", () => gate.Limit, "{request}", "The most requests to chains that may be in flight.");
        meter.CreateObservableUpDownCounter("serving.streams.active", () => Volatile.Read(ref _streams), "{stream}", "Streams that have not ended.");
        meter.CreateObservableCounter(
            "serving.requests.rejected",
            () => new Measurement<long>[]
            {
                new(Interlocked.Read(ref _overloaded), new KeyValuePair<string, object?>("reason", "overloaded")),
                new(Interlocked.Read(ref _shuttingDown), new KeyValuePair<string, object?>("reason", "shutting_down")),
            },
            "{request}",
            "Requests to chains that were refused unread: over the limit, or while the host goes down.");
        var build = new Measurement<int>(1, new("version", Version), new("runtime", RuntimeInformation.FrameworkDescription));
        meter.CreateObservableGauge("serving.build_info", () => build, null, "What is running: always 1.");
        _none = new ChainMetrics(this, NoChain, NoChain);
    }

    /// <summary>The version of the host.</summary>
    public static string Version { get; } =
        typeof(ServingMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public Counter<long> Requests { get; }

    public Histogram<double> Duration { get; }

    public Histogram<double> TimeToFirstChunk { get; }

    public Histogram<double> ChunkInterval { get; }

    public Histogram<int> StreamChunks { get; }

    public Histogram<int> BatchSize { get; }

    public Counter<long> Errors { get; }

    public Histogram<double> HostOverhead { get; }

    /// <summary>
    /// Counts a request that failed outside of a chain's handler, which counts its own: a guard's refusal with the chain, an unknown path or a wrong method
    /// without one. Other routes, such as the probes', are not counted.
    /// </summary>
    public void Unanswered(HttpContext http, int status)
    {
        var endpoint = http.GetEndpoint();
        var metrics = endpoint?.Metadata.GetMetadata<ChainMetadata>()?.Metrics ?? (endpoint is RouteEndpoint ? null : _none);
        if (metrics is null || http.Items.ContainsKey(ChainMetrics.Counted))
            return;
        metrics.Ended(http, status, ErrorTable.TypeOf(status));
    }

    public void Rejected(bool isOverload) => Interlocked.Increment(ref isOverload ? ref _overloaded : ref _shuttingDown);

    public void StreamStarted() => Interlocked.Increment(ref _streams);

    public void StreamEnded() => Interlocked.Decrement(ref _streams);

    private static class Buckets
    {
        // Up to the default STREAM_TIMEOUT; REQUEST_TIMEOUT's default is a boundary too.
        public static readonly InstrumentAdvice<double> Request = new()
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600],
        };

        public static readonly InstrumentAdvice<double> FirstChunk = new()
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60],
        };

        public static readonly InstrumentAdvice<double> Interval = new()
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
        };

        public static readonly InstrumentAdvice<double> Overhead = new()
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        };

        public static readonly InstrumentAdvice<int> Chunks = new() { HistogramBucketBoundaries = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] };

        public static readonly InstrumentAdvice<int> Inputs = new() { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] };
    }
}
