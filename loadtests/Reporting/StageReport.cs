using Serving.LoadTests.Driver;

namespace Serving.LoadTests.Reporting;

/// <summary>A load simulation of the run. Rates are per second; its first second is left out of them, unless it is its only one: what it began with is another's.</summary>
internal sealed record StageReport(string Load, double From, double To, double DuePerSecond, double OkPerSecond, double RefusedPerSecond, long Failed, double? WorstP95)
{
    public static IReadOnlyList<StageReport> Of(IReadOnlyList<LoadSimulation> simulations, IReadOnlyList<Second> seconds)
    {
        var stages = new List<StageReport>();
        var start = TimeSpan.Zero;
        foreach (var simulation in simulations)
        {
            var end = start + simulation.During;
            var first = (int)Math.Ceiling(start.TotalSeconds);
            var own = seconds.Where(second => second.At >= first && second.At + 1 <= end.TotalSeconds + 1e-6).ToList();
            var settled = own.Count > 1 ? own[1..] : own;
            stages.Add(new StageReport(
                simulation.ToString(),
                start.TotalSeconds,
                end.TotalSeconds,
                Mean(second => second.Due),
                Mean(second => second.Ok + second.Left),
                Mean(second => second.Refused),
                own.Sum(second => second.Failed),
                settled.Max(second => second.P95)));
            start = end;

            double Mean(Func<Second, long> count) => settled.Count == 0 ? 0 : Math.Round(settled.Average(second => (double)count(second)), 2);
        }

        return stages;
    }
}
