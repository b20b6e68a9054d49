using Serving.LoadTests.Driver;

namespace Serving.LoadTests.Tests.Driver;

public sealed class ArrivalScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Of_EvenRate_GivesTheRateAtEqualDistances()
    {
        var times = ArrivalSchedule.Of([LoadSimulation.Inject(50, Second, 4 * Second)], Pacing.Even, new Dice(1)).ToList();
        Assert.Equal(200, times.Count);
        Assert.Equal(TimeSpan.Zero, times[0]);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(20, (pair.Second - pair.First).TotalMilliseconds, 0.01));
    }

    [Fact]
    public void Of_EvenRamp_GivesTheAreaUnderIt()
    {
        LoadSimulation[] load =
        [
            LoadSimulation.Inject(10, Second, 10 * Second), LoadSimulation.RampingInject(50, Second, 10 * Second), LoadSimulation.Pause(5 * Second),
            LoadSimulation.RampingInject(20, Second, 10 * Second),
        ];
        var times = ArrivalSchedule.Of(load, Pacing.Even, new Dice(1)).Select(time => time.TotalSeconds).ToList();
        Assert.Equal(100, times.Count(time => time < 10));
        Assert.Equal(300, times.Count(time => time is >= 10 and < 20));
        Assert.Equal(0, times.Count(time => time is >= 20.001 and < 25));
        // From nothing after the pause.
        Assert.Equal(100, times.Count(time => time >= 25), 1.0);
        Assert.Equal(times.Order(), times);
        // In the ramp's first second the rate is about 12, in its last about 48.
        Assert.InRange(times.Count(time => time is >= 10 and < 11), 11, 13);
        Assert.InRange(times.Count(time => time is >= 19 and < 20), 47, 49);
    }

    [Fact]
    public void Of_Poisson_HasTheMeanAndTheSpreadOfChance()
    {
        var times = ArrivalSchedule.Of([LoadSimulation.Inject(100, Second, 1000 * Second)], Pacing.Poisson, new Dice(3)).ToList();
        Assert.InRange(times.Count, 99_000, 101_000);
        var perSecond = times.GroupBy(time => (int)time.TotalSeconds).Select(group => (double)group.Count()).ToList();
        var mean = perSecond.Average();
        // The variance of a Poisson process is its mean.
        Assert.InRange(perSecond.Average(count => (count - mean) * (count - mean)), 0.85 * mean, 1.15 * mean);
    }

    [Fact]
    public void Of_Poisson_DependsOnTheSeedAlone()
    {
        LoadSimulation[] load = [LoadSimulation.RampingInject(100, Second, 5 * Second)];
        Assert.Equal(ArrivalSchedule.Of(load, Pacing.Poisson, new Dice(3)), ArrivalSchedule.Of(load, Pacing.Poisson, new Dice(3)));
        Assert.NotEqual(ArrivalSchedule.Of(load, Pacing.Poisson, new Dice(3)), ArrivalSchedule.Of(load, Pacing.Poisson, new Dice(4)));
    }

    [Fact]
    public void Of_ClosedLoad_GivesNothing() =>
        Assert.Empty(ArrivalSchedule.Of([LoadSimulation.KeepConstant(5, Second), LoadSimulation.RampingConstant(9, Second)], Pacing.Poisson, new Dice(1)));
}
