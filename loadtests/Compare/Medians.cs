namespace Serving.LoadTests.Compare;

/// <summary>The middle of figures.</summary>
internal static class Medians
{
    /// <returns>Of an even number of figures the mean of the two in the middle; null if there are none.</returns>
    public static double? Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
