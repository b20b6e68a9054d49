using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableRetryTests
{
    private int _calls;

    [Fact]
    public async Task Invoke_FailsTwice_WaitsWithGrowingCeilingsAndSucceeds()
    {
        var time = new ManualTimeProvider();
        var observer = new RecordingObserver();
        var chain = Failing(2, () => new InvalidDataException("down")).WithRetry(new RetryOptions { Delay = TimeSpan.FromSeconds(1) });

        var call = chain.InvokeAsync("x", TestRun.Context(observer, time: time, random: () => 0.5)).AsTask();
        Assert.Equal(TimeSpan.FromSeconds(0.5), await Pass(time));
        Assert.Equal(TimeSpan.FromSeconds(1), await Pass(time));

        Assert.Equal("x after 3", await call);
        Assert.Equal([[], ["retry:attempt:2"], ["retry:attempt:3"]], observer.Runs.Where(run => run.Name == "step").Select(run => run.Tags));
        Assert.All(observer.Runs.Skip(1), run => Assert.Equal("RunnableRetry", run.Parent!.Name));
    }

    [Fact]
    public async Task Invoke_ErrorNamesAWait_WaitsAtLeastThatLong()
    {
        var time = new ManualTimeProvider();
        var error = new ServingException(ErrorKind.RateLimited, "Slow down.") { RetryAfter = TimeSpan.FromMinutes(2) };
        var chain = Failing(1, () => error).WithRetry();

        var call = chain.InvokeAsync("x", TestRun.Context(time: time, random: () => 0.99)).AsTask();

        Assert.Equal(TimeSpan.FromMinutes(2), await Pass(time));
        Assert.Equal("x after 2", await call);
    }

    [Fact]
    public async Task Invoke_BackoffGrows_StaysBelowMaxDelay()
    {
        var time = new ManualTimeProvider();
        var options = new RetryOptions { MaxAttempts = 5, Delay = TimeSpan.FromSeconds(4), MaxDelay = TimeSpan.FromSeconds(10) };
        var call = Failing(4, () => new InvalidDataException()).WithRetry(options).InvokeAsync("x", TestRun.Context(time: time, random: () => 1)).AsTask();

        var waits = new List<double>();
        for (var i = 0; i < 4; i++)
            waits.Add((await Pass(time)).TotalSeconds);

        Assert.Equal([4, 8, 10, 10], waits);
        await call;
    }

    [Fact]
    public async Task Invoke_AttemptsUsedUp_ThrowsTheLastError()
    {
        var chain = Failing(9, () => new InvalidDataException($"error {_calls}")).WithRetry(new RetryOptions { Delay = TimeSpan.Zero });

        var error = await Assert.ThrowsAsync<InvalidDataException>(async () => await chain.InvokeAsync("x", TestRun.Token));
        Assert.Equal("error 3", error.Message);
    }

    public static TheoryData<Exception, bool> Errors => new()
    {
        { new InvalidInputException("no"), false },
        { new OperationCanceledException(), false },
        { new StatusException(418, "no"), false },
        { new ServingException(ErrorKind.ContextTooLong, "no"), false },
        { new ServingException(ErrorKind.RateLimited, "yes"), true },
        { new ServingException(ErrorKind.Timeout, "yes"), true },
        { new ServingException(ErrorKind.ProviderUnavailable, "yes"), true },
        { new OutputParserException("yes", "output"), true },
        { new InvalidOperationException("yes"), true },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public async Task Invoke_KindOfError_DecidesWhetherItIsTriedAgain(Exception error, bool again)
    {
        var chain = Failing(1, () => error).WithRetry(new RetryOptions { Delay = TimeSpan.Zero });

        if (again)
            Assert.Equal("x after 2", await chain.InvokeAsync("x", TestRun.Token));
        else
            Assert.Same(error, await Assert.ThrowsAnyAsync<Exception>(async () => await chain.InvokeAsync("x", TestRun.Token)));
    }

    [Fact]
    public async Task Invoke_CancelledWhileWaiting_Ends()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestRun.Token);
        var time = new ManualTimeProvider();
        var call = Failing(1, () => new InvalidDataException()).WithRetry()
            .InvokeAsync("x", TestRun.Context(time: time, random: () => 1, cancellationToken: cancel.Token)).AsTask();
        await time.NextDelayAsync(TestRun.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task Stream_FailsAfterItsFirstPiece_IsNotTriedAgain()
    {
        async IAsyncEnumerable<string> Pieces(string input, RunContext context)
        {
            _calls++;
            if (_calls == 1)
                throw new InvalidDataException("before");
            yield return "one";
            await Task.Yield();
            throw new InvalidDataException("after");
        }

        var chain = Runnable.Generator<string, string>("pieces", Pieces).WithRetry(new RetryOptions { Delay = TimeSpan.Zero });
        var got = new List<string>();
        var error = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var piece in chain.StreamAsync("x", TestRun.Token))
                got.Add(piece);
        });

        Assert.Equal("after", error.Message);
        Assert.Equal(["one"], got);
        Assert.Equal(2, _calls);
    }

    private Runnable<string, string> Failing(int times, Func<Exception> error) =>
        Runnable.Lambda<string, string>("step", text => ++_calls <= times ? throw error() : $"{text} after {_calls}");

    private static async Task<TimeSpan> Pass(ManualTimeProvider time)
    {
        var delay = await time.NextDelayAsync(TestRun.Token);
        time.Advance(delay);
        return delay;
    }
}
