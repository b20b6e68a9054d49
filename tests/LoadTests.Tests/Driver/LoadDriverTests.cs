using Microsoft.AspNetCore.Http;
using Serving.LoadTests.Client;
using Serving.LoadTests.Driver;

namespace Serving.LoadTests.Tests.Driver;

public sealed class LoadDriverTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ServerThatDoesNotAnswer_IsSentTheWholeRateAndEachTimeCountsFromWhenItWasDue()
    {
        var time = new ManualTimeProvider();
        var arrived = new CountdownEvent(20);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async context =>
        {
            arrived.Signal();
            await answer.Task;
            await context.Response.WriteAsync("""{"output":"t0","metadata":{"run_id":"1"}}""");
        });
        using var client = new LoadClient(server.Address, new LoadClientOptions { Time = time });
        var lane = Lane(client, LoadSimulation.Inject(10, Second, 2 * Second));
        var running = Driver(time).RunAsync([lane], Token);

        for (var sent = 1; sent < 20; sent++)
        {
            await time.WaitForTimerAsync(Tenth);
            time.Advance(Tenth);
        }

        await Task.Run(() => arrived.Wait(Token), Token);
        time.Advance(Tenth);
        answer.SetResult();
        await running;

        Assert.Equal(20, lane.Recorder.SentCount);
        var stats = lane.Recorder.Kinds[RequestKind.Invoke];
        Assert.Equal(20, stats.Of(Outcome.Ok));
        // Due at 0, 0.1 … 1.9, all answered at 2: a closed loop would have told of a single slow answer.
        Assert.Equal(2 * Second, stats.Latency.Max);
        Assert.Equal(1.05, stats.Latency.Mean.TotalSeconds, 0.001);
        Assert.Equal(TimeSpan.Zero, lane.Recorder.Lag.Max);
        Assert.Equal([10, 10, 0], lane.Recorder.Seconds.Select(second => second.Due));
        Assert.Equal([0, 0, 20], lane.Recorder.Seconds.Select(second => second.Ok));
    }

    [Fact]
    public async Task Run_GeneratorIsLate_ChargesItselfAndTheLatency()
    {
        var time = new ManualTimeProvider();
        await using var server = await AnsweringAsync();
        using var client = new LoadClient(server.Address, new LoadClientOptions { Time = time });
        var lane = Lane(client, LoadSimulation.Inject(1, Second, 2 * Second));
        var running = Driver(time).RunAsync([lane], Token);
        await time.WaitForTimerAsync(Second);
        time.Advance(3 * Second);
        await running;
        Assert.Equal(2 * Second, lane.Recorder.Lag.Max);
        Assert.InRange(lane.Recorder.Kinds[RequestKind.Invoke].Latency.Max, 2 * Second, 3 * Second);
    }

    [Fact]
    public async Task Run_MoreInFlightThanAllowed_SkipsAndSaysSo()
    {
        var time = new ManualTimeProvider();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async context =>
        {
            await answer.Task;
            await context.Response.WriteAsync("""{"output":"t0","metadata":{"run_id":"1"}}""");
        });
        using var client = new LoadClient(server.Address, new LoadClientOptions { Time = time });
        var lane = Lane(client, LoadSimulation.Inject(10, Second, Second));
        var driver = new LoadDriver(new LoadDriverOptions { Pacing = Pacing.Even, MostInFlight = 4, Time = time });
        var running = driver.RunAsync([lane], Token);
        for (var sent = 1; sent < 10; sent++)
        {
            await time.WaitForTimerAsync(Tenth);
            time.Advance(Tenth);
        }

        answer.SetResult();
        await running;
        Assert.Equal(4, lane.Recorder.SentCount);
        Assert.Equal(6, lane.Recorder.SkippedCount);
    }

    [Fact]
    public async Task Run_AnswersDoNotCome_CutsThemOffWhenTheDrainIsOver()
    {
        var time = new ManualTimeProvider();
        var arrived = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var client = new LoadClient(server.Address, new LoadClientOptions { Timeout = TimeSpan.FromHours(1), Time = time });
        var lane = Lane(client, LoadSimulation.Inject(1, Second, Second));
        var driver = new LoadDriver(new LoadDriverOptions { Pacing = Pacing.Even, Drain = 7 * Second, Time = time });
        var running = driver.RunAsync([lane], Token);
        await arrived.Task.WaitAsync(Token);
        await time.WaitForTimerAsync(7 * Second);
        time.Advance(7 * Second);
        await running;
        Assert.Equal(1, lane.Recorder.Kinds[RequestKind.Invoke].Of(Outcome.Cancelled));
    }

    [Fact]
    public async Task Run_Copies_HaveOneRequestEachInFlight()
    {
        var time = new ManualTimeProvider();
        var (now, most, all) = (0, 0, 0);
        await using var server = await TestServer.StartAsync(context =>
        {
            var current = Interlocked.Increment(ref now);
            most = Math.Max(most, current);
            // The clock moves with the answers: a hundred make the time that the copies have.
            if (Interlocked.Increment(ref all) % 10 == 0)
                time.Advance(Tenth);
            Interlocked.Decrement(ref now);
            return context.Response.WriteAsync("""{"output":"t0","metadata":{"run_id":"1"}}""");
        });
        using var client = new LoadClient(server.Address, new LoadClientOptions { Time = time });
        var lane = Lane(client, LoadSimulation.KeepConstant(3, Second));
        await Driver(time).RunAsync([lane], Token);
        Assert.InRange(most, 1, 3);
        Assert.InRange(lane.Recorder.SentCount, 100, 103);
        Assert.Equal(lane.Recorder.SentCount, lane.Recorder.Kinds[RequestKind.Invoke].Of(Outcome.Ok));
    }

    [Fact]
    public void Dice_SameSeed_GivesTheSameWhateverTheOrder()
    {
        var dice = new Dice(5);
        var forth = Enumerable.Range(0, 1000).Select(n => dice.Of(n)).ToList();
        var back = Enumerable.Range(0, 1000).Reverse().Select(n => new Dice(5).Of(n)).Reverse();
        Assert.Equal(forth, back);
        Assert.InRange(forth.Average(), 0.45, 0.55);
        Assert.All(forth, draw => Assert.InRange(draw, 0, 0.999999999));
    }

    private static LoadDriver Driver(TimeProvider time) => new(new LoadDriverOptions { Pacing = Pacing.Even, Time = time });

    private static Task<TestServer> AnsweringAsync() => TestServer.StartAsync(context => context.Response.WriteAsync("""{"output":"t0","metadata":{"run_id":"1"}}"""));

    private static Lane Lane(LoadClient client, params LoadSimulation[] simulations)
    {
        var request = LangServeWire.Request(RequestKind.Invoke, "/joke", "1", pieces: 1);
        return new Lane { Name = "test", Client = client, Requests = _ => request, Simulations = simulations, Recorder = new Recorder() };
    }
}
