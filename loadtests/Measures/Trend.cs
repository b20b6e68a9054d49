namespace Serving.LoadTests.Measures;

/// <summary>The slope of a line through points, little moved by outliers (Theil and Sen): the median of the slopes between all pairs.</summary>
public static class Trend
{
    private const int MostPoints = 400;

    /// <summary>The slope, in units of y per unit of x; zero for fewer than two points. Of many points, medians of neighbours are taken.</summary>
    public static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var size = Math.Max(1, (points.Count + MostPoints - 1) / MostPoints);
        var some = points.Chunk(size).Select(chunk => (X: Median(chunk.Select(point => point.X)), Y: Median(chunk.Select(point => point.Y)))).ToList();
        var slopes = new List<double>(some.Count * (some.Count - 1) / 2);
        for (var i = 0; i < some.Count; i++)
        {
            for (var j = i + 1; j < some.Count; j++)
            {
                if (some[j].X != some[i].X)
                    slopes.Add((some[j].Y - some[i].Y) / (some[j].X - some[i].X));
            }
        }

        return Median(slopes);
    }

    /// <summary>The middle value; of an even number, the mean of the two in the middle; zero of none.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
