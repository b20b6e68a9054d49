using Serving.LoadTests.Measures;

namespace Serving.LoadTests.Reporting;

/// <summary>A distribution of times in milliseconds.</summary>
internal sealed record Percentiles(long Count, double Mean, double P50, double P75, double P95, double P99, double P999, double Max)
{
    /// <summary>Of a histogram; null if it is empty.</summary>
    public static Percentiles? Of(Histogram histogram) => histogram.Count == 0 ? null : new(
        histogram.Count,
        Ms(histogram.Mean),
        Ms(histogram.Percentile(0.5)),
        Ms(histogram.Percentile(0.75)),
        Ms(histogram.Percentile(0.95)),
        Ms(histogram.Percentile(0.99)),
        Ms(histogram.Percentile(0.999)),
        Ms(histogram.Max));

    private static double Ms(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
