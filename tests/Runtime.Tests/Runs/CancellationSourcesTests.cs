using Serving.Runtime.Runs;
using Serving.Tests;

namespace Serving.Runtime.Tests.Runs;

public sealed class CancellationSourcesTests
{
    [Fact]
    public void Return_SourceWithRegistrations_ForgetsThem()
    {
        var called = false;
        var first = CancellationSources.Rent(TimeSpan.FromHours(1), TimeProvider.System);
        first.Token.Register(() => called = true);
        CancellationSources.Return(first);

        var again = Enumerable.Range(0, 2000).Select(_ => CancellationSources.Rent(TimeSpan.FromHours(1), TimeProvider.System)).First(source => source == first);
        again.Cancel();

        Assert.False(called);
    }

    [Fact]
    public async Task Rent_SourceThatWasReturned_IsCancelledAfterItsOwnTime()
    {
        CancellationSources.Return(CancellationSources.Rent(TimeSpan.FromHours(1), TimeProvider.System));

        var next = CancellationSources.Rent(TimeSpan.FromMilliseconds(1), TimeProvider.System);

        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        next.Token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        CancellationSources.Return(next);
    }

    [Fact]
    public void Return_SourceThatWasCancelled_IsNotGivenAgain()
    {
        var source = CancellationSources.Rent(TimeSpan.FromHours(1), TimeProvider.System);
        source.Cancel();

        CancellationSources.Return(source);

        for (var i = 0; i < 2000; i++)
            Assert.NotSame(source, CancellationSources.Rent(TimeSpan.FromHours(1), TimeProvider.System));
    }

    [Fact]
    public void Rent_ClockOfATest_KeepsToThatClock()
    {
        var time = new ManualTimeProvider();
        var source = CancellationSources.Rent(TimeSpan.FromMinutes(1), time);

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(source.IsCancellationRequested);
        CancellationSources.Return(source);
    }
}
