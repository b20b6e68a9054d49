using Serving.LoadTests.Measures;

namespace Serving.LoadTests.Tests.Measures;

public sealed class HistogramTests
{
    [Fact]
    public void Percentile_OfTimesOfEverySize_IsWithinTheErrorOfTheExactOne()
    {
        var random = new Random(7);
        // From a microsecond to ten minutes, each size as likely as the other.
        var times = Enumerable.Range(0, 50_000).Select(_ => TimeSpan.FromMicroseconds(Math.Floor(Math.Exp(random.NextDouble() * Math.Log(6e8))))).ToList();
        var histogram = new Histogram();
        foreach (var time in times)
            histogram.Record(time);
        times.Sort();

        foreach (var share in (double[])[0.001, 0.01, 0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1])
        {
            var exact = times[(int)Math.Ceiling(share * times.Count) - 1];
            var told = histogram.Percentile(share);
            Assert.InRange(told, exact, exact * (1 + Histogram.RelativeError));
        }

        Assert.Equal(times[^1], histogram.Max);
        Assert.Equal(times.Average(time => time.TotalMicroseconds), histogram.Mean.TotalMicroseconds, 0.5);
    }

    [Fact]
    public void Percentile_OfTimesBelow256Microseconds_IsExact()
    {
        for (var microseconds = 0; microseconds < 256; microseconds++)
        {
            var histogram = new Histogram();
            histogram.Record(TimeSpan.FromMicroseconds(microseconds));
            histogram.Record(TimeSpan.FromSeconds(1));
            Assert.Equal(TimeSpan.FromMicroseconds(microseconds), histogram.Percentile(0.5));
        }
    }

    [Fact]
    public void Percentile_OfNothing_IsZero() => Assert.Equal(TimeSpan.Zero, new Histogram().Percentile(0.99));

    [Fact]
    public void Record_TimesBeyondItsRange_CountsThemAtItsEnds()
    {
        var histogram = new Histogram();
        histogram.Record(TimeSpan.FromSeconds(-1));
        histogram.Record(TimeSpan.FromHours(5));
        Assert.Equal(2, histogram.Count);
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        Assert.Equal(TimeSpan.FromHours(5), histogram.Percentile(1));
    }

    [Fact]
    public void Add_AnotherOne_IsAsIfAllHadBeenRecordedInOne()
    {
        var (one, other, both) = (new Histogram(), new Histogram(), new Histogram());
        for (var i = 1; i <= 1000; i++)
        {
            var time = TimeSpan.FromMilliseconds(i * i);
            (i % 3 == 0 ? one : other).Record(time);
            both.Record(time);
        }

        one.Add(other);
        Assert.Equal(both.Count, one.Count);
        Assert.Equal(both.Max, one.Max);
        Assert.Equal(both.Percentile(0.95), one.Percentile(0.95));
    }
}
