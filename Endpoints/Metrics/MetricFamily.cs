using OpenTelemetry.Metrics;

namespace Serving.Endpoints.Metrics;

/// <summary>A metric as Prometheus sees it: its name with unit, its type, and where its samples come from.</summary>
/// <param name="Name">Without the <c>_total</c> of counters.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
/// <param name="Unit">The last part of the name that is a unit; null for none.</param>
/// <param name="Metric">What the SDK has collected.</param>
internal sealed record MetricFamily(string Name, string Type, string? Unit, Metric Metric)
{
    /// <summary>The name of a counter's or a gauge's samples.</summary>
    public string SampleName => Type == "counter" ? Name + "_total" : Name;

    /// <summary>The family of a metric; null for a kind that is not exposed.</summary>
    public static MetricFamily? Of(Metric metric)
    {
        var type = metric.MetricType switch
        {
            _ when MetricViews.IsGauge(metric) => "gauge",
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic or MetricType.LongGauge or MetricType.DoubleGauge => "gauge",
            MetricType.Histogram => "histogram",
            _ => null,
        };
        if (type is null)
            return null;
        var unit = metric.Unit switch
        {
            "s" => "seconds",
            "By" => "bytes",
            _ => null,
        };
        var name = PrometheusText.NameOf(metric.Name);
        if (type == "counter" && name.EndsWith("_total", StringComparison.Ordinal))
            name = name[..^"_total".Length];
        return new MetricFamily(unit is null || name.EndsWith("_" + unit, StringComparison.Ordinal) ? name : $"{name}_{unit}", type, unit, metric);
    }
}
