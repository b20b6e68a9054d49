using Serving.LoadTests.Measures;

namespace Serving.LoadTests.Tests.Measures;

public sealed class TrendTests
{
    [Fact]
    public void Slope_LineWithOutliers_IsTheLines()
    {
        var points = Enumerable.Range(0, 5000).Select(x => ((double)x, 100 + (0.25 * x) + (x % 7 == 0 ? 500 : 0))).ToList();
        Assert.Equal(0.25, Trend.Slope(points), 0.01);
    }

    [Fact]
    public void Slope_SawTooth_IsNone()
    {
        var points = Enumerable.Range(0, 6000).Select(x => ((double)x, 100.0 + (x % 60))).ToList();
        Assert.Equal(0, Trend.Slope(points), 0.001);
    }

    [Fact]
    public void Slope_OnePoint_IsZero() => Assert.Equal(0, Trend.Slope([(1, 1)]));
}
