using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Serving.Endpoints.Metrics;

/// <summary>What is measured of one endpoint of a chain. Thread-safe.</summary>
internal sealed class ChainMetrics(ServingMetrics metrics, string chain, string endpoint)
{
    /// <summary>A key of <see cref="HttpContext.Items"/>: this failed request has been counted.</summary>
    public static readonly object Counted = new();

    // Statuses are few; each word is made once.
    private static readonly string?[] StatusWords = new string?[600];

    private readonly KeyValuePair<string, object?>[] _tags = [new("chain", chain), new("endpoint", endpoint)];
    private readonly KeyValuePair<string, object?>[] _chain = [new("chain", chain)];

    /// <summary>The endpoints a chain has.</summary>
    public static IReadOnlyList<string> EndpointNames { get; } =
        ["invoke", "batch", "stream", "stream_log", "stream_events", "input_schema", "output_schema", "config_schema"];

    /// <summary>Whether somebody wants to know how long models were waited for.</summary>
    public bool MeasuresOverhead => metrics.HostOverhead.Enabled;

    /// <summary>Counts a request that has ended.</summary>
    /// <param name="http">The request.</param>
    /// <param name="status">What the client was told, or 499 if it left.</param>
    /// <param name="errorType">The word for what it was told went wrong; null for nothing.</param>
    /// <param name="duration">From the first step to the last; null if it did not run.</param>
    /// <param name="waited">How long models were waited for; null if that was not measured.</param>
    public void Ended(HttpContext http, int status, string? errorType, TimeSpan? duration = null, TimeSpan? waited = null)
    {
        if (!metrics.Requests.Enabled)
            return;
        metrics.Requests.Add(1, new TagList { _tags[0], _tags[1], { "status", Word(status) } });
        if (errorType is not null)
            Failed(errorType);
        if (duration is { } took)
            metrics.Duration.Record(took.TotalSeconds, _tags);
        if (duration - waited is { } overhead)
            metrics.HostOverhead.Record(Math.Max(0, overhead.TotalSeconds), _tags);
        if (status >= 400)
            http.Items[Counted] = Counted;
    }

    /// <summary>Counts an error a client was told of.</summary>
    /// <param name="type">A word of the error table.</param>
    public void Failed(string type)
    {
        if (metrics.Errors.Enabled)
            metrics.Errors.Add(1, new TagList { _tags[0], _tags[1], { "type", type } });
    }

    public void BatchRead(int inputs) => metrics.BatchSize.Record(inputs, _chain);

    /// <summary>Counts a stream as active, until the result is told its end.</summary>
    /// <param name="requestStarted">When the request came, as a timestamp of the clock.</param>
    /// <param name="time">The clock.</param>
    public ChunkClock StreamStarted(long requestStarted, TimeProvider time)
    {
        metrics.StreamStarted();
        return new ChunkClock(metrics, _tags, requestStarted, time);
    }

    private static string Word(int status) =>
        (uint)status >= StatusWords.Length ? "other" : StatusWords[status] ??= status.ToString(CultureInfo.InvariantCulture);
}
