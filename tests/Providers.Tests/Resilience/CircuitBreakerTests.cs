using Serving.Providers.Resilience;

namespace Serving.Providers.Tests.Resilience;

public sealed class CircuitBreakerTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<BreakerState> _changes = [];
    private int _key;

    [Fact]
    public void Record_HalfOfTenFail_Opens()
    {
        var breaker = Breaker();
        Run(breaker, CallResult.Works, 5);
        Run(breaker, CallResult.Failed, 4);
        Assert.Equal(BreakerState.Closed, breaker.Read().State);

        Run(breaker, CallResult.Failed, 1);

        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(10)), breaker.Read());
        Assert.False(breaker.TryEnter(out _));
    }

    [Fact]
    public void Record_FewerThanEnoughCalls_StaysClosed()
    {
        var breaker = Breaker();

        Run(breaker, CallResult.Failed, 9);

        Assert.True(breaker.TryEnter(out _));
    }

    [Fact]
    public void Record_FailuresOutsideTheWindow_DoNotCount()
    {
        var breaker = Breaker();
        Run(breaker, CallResult.Failed, 9);
        _time.Advance(TimeSpan.FromSeconds(31));

        Run(breaker, CallResult.Failed, 9);

        Assert.Equal(BreakerState.Closed, breaker.Read().State);
    }

    [Fact]
    public void Record_FailuresSpreadOverTheWindow_Count()
    {
        var breaker = Breaker();
        for (var i = 0; i < 10; i++)
        {
            Run(breaker, CallResult.Failed, 1);
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Contains(BreakerState.Open, _changes);
    }

    [Fact]
    public void TryEnter_OpenTimeOver_LetsOneProbeThrough()
    {
        var breaker = Opened();
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(breaker.TryEnter(out var probe));
        Assert.True(probe.IsProbe);
        Assert.False(breaker.TryEnter(out _));

        breaker.Record(probe, CallResult.Works);
        Assert.True(breaker.TryEnter(out var next));
        Assert.False(next.IsProbe);
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], _changes);
    }

    [Fact]
    public void Record_ProbeFails_OpensAgain()
    {
        var breaker = Opened();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(out var probe));

        breaker.Record(probe, CallResult.Failed);

        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(10)), breaker.Read());
    }

    [Fact]
    public void Record_ProbeWasLeft_LetsTheNextCallProbe()
    {
        var breaker = Opened();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(out var probe));

        breaker.Record(probe, CallResult.Unknown);

        Assert.True(breaker.TryEnter(out var next));
        Assert.True(next.IsProbe);
    }

    [Fact]
    public void Record_CallFromBeforeItOpened_DoesNotCount()
    {
        var breaker = Breaker();
        Assert.True(breaker.TryEnter(out var slow));
        Run(breaker, CallResult.Failed, 10);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(out _));

        breaker.Record(slow, CallResult.Works);

        Assert.Equal(BreakerState.HalfOpen, breaker.Read().State);
        Assert.False(breaker.TryEnter(out _));
    }

    [Fact]
    public void Record_DownForGood_OpensAtOnceForLong()
    {
        var breaker = Breaker();
        Run(breaker, CallResult.Works, 100);

        Run(breaker, CallResult.HardDown, 1);

        Assert.Equal((BreakerState.Open, TimeSpan.FromMinutes(5)), breaker.Read());
    }

    [Fact]
    public void TryEnter_KeyChangedWhileDown_Probes()
    {
        var breaker = Breaker();
        Run(breaker, CallResult.HardDown, 1);
        Assert.False(breaker.TryEnter(out _));

        _key++;

        Assert.True(breaker.TryEnter(out var probe));
        Assert.True(probe.IsProbe);
    }

    private CircuitBreaker Breaker() => new(new ResilienceOptions(), _time, () => _key, (state, _) => _changes.Add(state));

    private CircuitBreaker Opened()
    {
        var breaker = Breaker();
        Run(breaker, CallResult.Failed, 10);
        return breaker;
    }

    private static void Run(CircuitBreaker breaker, CallResult result, int times)
    {
        for (var i = 0; i < times && breaker.TryEnter(out var pass); i++)
            breaker.Record(pass, result);
    }
}
