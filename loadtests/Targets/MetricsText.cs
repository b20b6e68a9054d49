using System.Globalization;

namespace Serving.LoadTests.Targets;

/// <summary>Reads metrics in Prometheus' text format.</summary>
internal static class MetricsText
{
    /// <summary>The values of a metric, one of each series.</summary>
    public static IEnumerable<double> ValuesOf(string text, string metric) => text.Split('\n')
        .Where(line => line.StartsWith(metric, StringComparison.Ordinal) && line.Length > metric.Length && line[metric.Length] is '{' or ' ')
        .Select(line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
}
