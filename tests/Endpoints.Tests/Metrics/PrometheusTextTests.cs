using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Metrics;
using OptionsOf = Microsoft.Extensions.Options.Options;

namespace Serving.Endpoints.Tests.Metrics;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Text_EveryKind_IsVersion004()
    {
        Assert.Equal(
            """
            # HELP test_counter_total Counts "things"\nand \\ more.
            # TYPE test_counter_total counter
            test_counter_total{ok="true",path="a\\b\"c\nd",size="1.5"} 7
            # HELP test_exact_seconds_total Times.
            # TYPE test_exact_seconds_total counter
            test_exact_seconds_total 0.30000000000000004
            # HELP test_gauge Odd values.
            # TYPE test_gauge gauge
            test_gauge{of="nan"} NaN
            test_gauge{of="more"} +Inf
            test_gauge{of="less"} -Inf
            test_gauge{of="tiny"} 1E-09
            # HELP test_level_bytes Up and down.
            # TYPE test_level_bytes gauge
            test_level_bytes{_1st="é€𝄞"} -2
            # HELP test_wait_seconds Waits.
            # TYPE test_wait_seconds histogram
            test_wait_seconds_bucket{chain="a",le="0.5"} 1
            test_wait_seconds_bucket{chain="a",le="1.0"} 2
            test_wait_seconds_bucket{chain="a",le="+Inf"} 4
            test_wait_seconds_sum{chain="a"} 105.75
            test_wait_seconds_count{chain="a"} 4

            """.ReplaceLineEndings("\n"),
            Collect(openMetrics: false));
    }

    [Fact]
    public void OpenMetrics_EveryKind_HasUnitsExemplarsAndAnEnd()
    {
        var id = Regex.Escape("{trace_id=\"0af7651916cd43dd8448eb211c80319c\",span_id=\"b7ad6b7169203331\"} ");
        var text = Collect(openMetrics: true);

        Assert.Equal(
            """
            # HELP test_counter Counts \"things\"\nand \\ more.
            # TYPE test_counter counter
            test_counter_total{ok="true",path="a\\b\"c\nd",size="1.5"} 7 # {ID} 7 T
            # HELP test_exact_seconds Times.
            # TYPE test_exact_seconds counter
            # UNIT test_exact_seconds seconds
            test_exact_seconds_total 0.30000000000000004 # {ID} 0.2 T
            # HELP test_gauge Odd values.
            # TYPE test_gauge gauge
            test_gauge{of="nan"} NaN
            test_gauge{of="more"} +Inf
            test_gauge{of="less"} -Inf
            test_gauge{of="tiny"} 1E-09
            # HELP test_level_bytes Up and down.
            # TYPE test_level_bytes gauge
            # UNIT test_level_bytes bytes
            test_level_bytes{_1st="é€𝄞"} -2
            # HELP test_wait_seconds Waits.
            # TYPE test_wait_seconds histogram
            # UNIT test_wait_seconds seconds
            test_wait_seconds_bucket{chain="a",le="0.5"} 1 # {ID} 0.5 T
            test_wait_seconds_bucket{chain="a",le="1.0"} 2 # {ID} 0.75 T
            test_wait_seconds_bucket{chain="a",le="+Inf"} 4 # {ID} 100 T
            test_wait_seconds_sum{chain="a"} 105.75
            test_wait_seconds_count{chain="a"} 4
            # EOF

            """.ReplaceLineEndings("\n"),
            Regex.Replace(text, id + @"(\S+) \d{10}(\.\d{1,3})?\n", "{ID} $1 T\n", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Collect_BeyondTheLimitOfSeries_FoldsTheRestIntoOne()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var registry = Registry(meters);
        var counter = meters.Create("Tests").CreateCounter<long>("test.many");
        for (var i = 0; i < 3 * MetricViews.MostSeries; i++)
            counter.Add(1, new KeyValuePair<string, object?>("who", i));

        var lines = Lines(registry, openMetrics: false, "test_many_total");

        Assert.Equal(MetricViews.MostSeries + 1, lines.Count);
        Assert.Contains(lines, line => line.StartsWith("test_many_total{otel_metric_overflow=\"true\"} ", StringComparison.Ordinal));
        Assert.Equal(3 * MetricViews.MostSeries, lines.Sum(line => int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Collect_MeterOfAnotherHost_IsLeftToIt()
    {
        using var mine = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var registry = Registry(mine.GetRequiredService<IMeterFactory>());
        mine.GetRequiredService<IMeterFactory>().Create("Tests").CreateCounter<long>("test.mine").Add(1);
        other.GetRequiredService<IMeterFactory>().Create("Tests").CreateCounter<long>("test.other").Add(1);

        Assert.Equal(["test_mine_total 1"], Lines(registry, openMetrics: false, "test_"));
    }

    private static MetricsRegistry Registry(IMeterFactory meters)
    {
        var options = new MetricsOptions();
        options.Meters.Add("Tests");
        return new MetricsRegistry(meters, OptionsOf.Create(options));
    }

    private static List<string> Lines(MetricsRegistry registry, bool openMetrics, string prefix) =>
        [.. Encoding.UTF8.GetString(registry.Collect(openMetrics).Span).Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>One of each, within a sampled trace; the built-in meters left out.</summary>
    private static string Collect(bool openMetrics)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var registry = Registry(meters);
        using var activity = new Activity("test")
            .SetParentId(ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319c"), ActivitySpanId.CreateFromString("b7ad6b7169203331"), ActivityTraceFlags.Recorded)
            .Start();
        var meter = meters.Create("Tests");
        meter.CreateCounter<long>("test.counter", "{thing}", "Counts \"things\"\nand \\ more.").Add(7, new("path", "a\\b\"c\nd"), new("ok", true), new("size", 1.5));
        var exact = meter.CreateCounter<double>("test.exact", "s", "Times.");
        exact.Add(0.1);
        exact.Add(0.2);
        meter.CreateObservableGauge(
            "test.gauge",
            () => new Measurement<double>[]
            {
                new(double.NaN, new KeyValuePair<string, object?>("of", "nan")),
                new(double.PositiveInfinity, new KeyValuePair<string, object?>("of", "more")),
                new(double.NegativeInfinity, new KeyValuePair<string, object?>("of", "less")),
                new(1e-9, new KeyValuePair<string, object?>("of", "tiny")),
            },
            null,
            "Odd values.");
        meter.CreateUpDownCounter<long>("test.level", "By", "Up and down.").Add(-2, new KeyValuePair<string, object?>("1st", "é€𝄞"));
        var wait = meter.CreateHistogram("test.wait", "s", "Waits.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var seconds in (double[])[0.5, 0.75, 4.5, 100])
            wait.Record(seconds, new KeyValuePair<string, object?>("chain", "a"));

        var text = Encoding.UTF8.GetString(registry.Collect(openMetrics).Span).Replace(activity.SpanId.ToHexString(), "b7ad6b7169203331", StringComparison.Ordinal);
        return string.Concat(text.Split('\n')
            .Where(line => line.Contains("test_", StringComparison.Ordinal) || line == "# EOF")
            .Select(line => line + "\n"));
    }
}
