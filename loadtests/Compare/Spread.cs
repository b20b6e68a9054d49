namespace Serving.LoadTests.Compare;

/// <summary>The middle of several figures, and how far they lie apart.</summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    /// <returns>Null if there are no figures.</returns>
    public static Spread? Of(IEnumerable<double> figures)
    {
        var all = figures.ToList();
        return Medians.Of(all) is { } median ? new Spread(median, all.Min(), all.Max()) : null;
    }
}
