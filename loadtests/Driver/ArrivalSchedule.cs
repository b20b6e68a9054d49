namespace Serving.LoadTests.Driver;

/// <summary>When the requests of open simulations are due, whatever becomes of those before.</summary>
public static class ArrivalSchedule
{
    /// <summary>The times from the start of the first simulation, in order; they are made as they are read.</summary>
    /// <param name="simulations">One after the other. Those that are not open only let their time pass.</param>
    /// <param name="pacing">How a rate is spread.</param>
    /// <param name="dice">Chance, for <see cref="Pacing.Poisson"/>.</param>
    public static IEnumerable<TimeSpan> Of(IReadOnlyList<LoadSimulation> simulations, Pacing pacing, Dice dice)
    {
        ArgumentNullException.ThrowIfNull(simulations);
        return Times(simulations, pacing, dice);
    }

    // Requests are counted on a scale of their own, on which one is due at every step: steps of one for even pacing, of a mean of one by chance. The rate says how
    // that scale maps to time; a ramp is the integral of a line. So a change of the rate neither loses nor adds a request.
    private static IEnumerable<TimeSpan> Times(IReadOnlyList<LoadSimulation> simulations, Pacing pacing, Dice dice)
    {
        long n = 0;
        var next = Step();
        if (pacing == Pacing.Even)
            next = 0;
        double before = 0, start = 0, rate = 0;
        foreach (var simulation in simulations)
        {
            var seconds = simulation.During.TotalSeconds;
            var to = simulation.IsOpen ? simulation.Amount : 0;
            var from = simulation.Kind == LoadKind.RampingInject ? rate : to;
            var count = (from + to) / 2 * seconds;
            while (next < before + count - 1e-9)
            {
                yield return TimeSpan.FromSeconds(start + TimeOf(next - before, from, to, seconds));
                next += Step();
            }

            before += count;
            start += seconds;
            rate = to;
        }

        double Step() => pacing == Pacing.Even ? 1 : -Math.Log(1 - dice.Of(n++));
    }

    /// <summary>When a line of rates has brought so many requests.</summary>
    private static double TimeOf(double count, double from, double to, double seconds)
    {
        var slope = (to - from) / seconds;
        // The root that does not cancel out where the slope is small.
        return count <= 0 ? 0 : 2 * count / (from + Math.Sqrt(Math.Max(0, (from * from) + (2 * slope * count))));
    }
}
