namespace Serving.LoadTests.Reporting;

/// <summary>A line of a chart. Points without a value interrupt it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Style">The class of its colour, from 1.</param>
internal sealed record ChartLine(string Name, int Style, IReadOnlyList<(double X, double? Y)> Points);
