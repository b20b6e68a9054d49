using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Serving.Endpoints.Metrics;

/// <summary>Writes what the SDK has collected as text for Prometheus: families in the order of their names, each under one head. One collection at a time.</summary>
internal sealed class PrometheusExporter : BaseExporter<Metric>
{
    /// <summary>Where the next collection goes.</summary>
    public PrometheusText? Text { get; set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        List<MetricFamily> families = [];
        foreach (var metric in batch)
        {
            if (MetricFamily.Of(metric) is { } family)
                families.Add(family);
        }

        MetricFamily? last = null;
        foreach (var family in families.OrderBy(family => family.Name, StringComparer.Ordinal))
        {
            if (family.Name != last?.Name)
                Text?.Head(last = family);
            // Two instruments of one name and several types cannot be one family: the first has the name.
            if (family.Type == last!.Type) // set above
                Write(family);
        }

        return ExportResult.Success;
    }

    private void Write(MetricFamily family)
    {
        foreach (ref readonly var point in family.Metric.GetMetricPoints())
        {
            switch (family.Metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    Text?.Sample(family, point, point.GetSumLong());
                    break;
                case MetricType.LongGauge:
                    Text?.Sample(family, point, point.GetGaugeLastValueLong());
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    Text?.Sample(family, point, point.GetSumDouble());
                    break;
                case MetricType.DoubleGauge:
                    Text?.Sample(family, point, point.GetGaugeLastValueDouble());
                    break;
                default:
                    Text?.Histogram(family, point);
                    break;
            }
        }
    }
}
