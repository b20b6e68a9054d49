using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Serving.Endpoints.Metrics;

/// <summary>
/// How instruments are exposed: only those of this host, few labels on those that others made, names that Prometheus finds in order, and a limit on
/// series, over which further ones fold into one that has the label <c>otel_metric_overflow</c>.
/// </summary>
internal static class MetricViews
{
    /// <summary>The most series of an instrument with labels of its own.</summary>
    public const int MostSeries = 2000;

    private const int FewSeries = 200;

    // Names ending in _count are those of histograms.
    private static readonly FrozenDictionary<string, string> Renamed = new Dictionary<string, string>
    {
        ["dotnet.assembly.count"] = "dotnet.assemblies",
        ["dotnet.process.cpu.count"] = "dotnet.process.cpus",
        ["dotnet.thread_pool.thread.count"] = "dotnet.thread_pool.threads",
        ["dotnet.timer.count"] = "dotnet.timers",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // The runtime says of these that they only rise, and they fall too. By the names they are exposed under.
    private static readonly FrozenSet<string> Gauges = FrozenSet.Create(
        StringComparer.Ordinal, "dotnet.assemblies", "dotnet.process.cpus", "dotnet.thread_pool.threads", "dotnet.thread_pool.queue.length", "dotnet.timers");

    // What is told of each connection; addresses are no labels.
    private static readonly FrozenDictionary<string, string[]> Labels = new Dictionary<string, string[]>
    {
        ["kestrel.connection.duration"] = ["error.type"],
        ["kestrel.rejected_connections"] = [],
        ["kestrel.queued_connections"] = [],
        ["kestrel.queued_requests"] = [],
        ["kestrel.upgraded_connections"] = [],
        ["kestrel.active_connections"] = [],
        ["kestrel.tls_handshake.duration"] = ["error.type"],
        ["kestrel.active_tls_handshakes"] = [],
        ["http.client.connection.duration"] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // The server and HTTP clients also tell of each request, in a dozen measurements with up to seven labels: more work than all of ours, which tell more.
    private static readonly FrozenSet<string> OfEachRequest = FrozenSet.Create(
        StringComparer.Ordinal,
        "http.client.active_requests",
        "http.client.open_connections",
        "http.client.request.duration",
        "http.client.request.time_in_queue");

    public static IReadOnlyList<string> BuiltIn { get; } = ["System.Runtime", "System.Net.Http", "Microsoft.AspNetCore.Server.Kestrel"];

    public static bool IsGauge(Metric metric) => metric.MetricType.IsSum() && Gauges.Contains(metric.Name);

    /// <summary>The name of an instrument's metric.</summary>
    public static string NameOf(Instrument instrument) => Renamed.GetValueOrDefault(instrument.Name) ?? instrument.Name;

    /// <param name="instrument">An instrument of any meter that is listened to.</param>
    /// <param name="host">The factory of the host's meters; those of other hosts in this process are left to them.</param>
    public static MetricStreamConfiguration Of(Instrument instrument, IMeterFactory host)
    {
        if (instrument.Meter.Scope is IMeterFactory other && other != host)
            return MetricStreamConfiguration.Drop;
        if (!BuiltIn.Contains(instrument.Meter.Name))
            return new MetricStreamConfiguration { CardinalityLimit = MostSeries };
        if (OfEachRequest.Contains(instrument.Name))
            return MetricStreamConfiguration.Drop;
        return new MetricStreamConfiguration
        {
            Name = NameOf(instrument),
            TagKeys = Labels.GetValueOrDefault(instrument.Name),
            CardinalityLimit = FewSeries,
        };
    }
}
