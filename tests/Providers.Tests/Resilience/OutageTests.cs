using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;

namespace Serving.Providers.Tests.Resilience;

/// <summary>Many calls that share a model, while it is down and when it is back.</summary>
public sealed class OutageTests
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hello")];
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(50);

    private readonly Work _work = new(new ManualTimeProvider());
    private readonly Random _chance = new(7);
    private readonly List<Task> _calls = [];
    private Func<int> _open = () => 0;
    private bool _isDown;
    private CallLimit? _limit;

    [Theory]
    [InlineData(1, 0, 0, 2)]
    [InlineData(1, 0.1, 0, 2)]
    [InlineData(50, 0, 0, 2)]
    [InlineData(50, 0.1, 0, 2)]
    [InlineData(50, 0, 8, 2)]
    [InlineData(50, 0.1, 8, 2)]
    [InlineData(50, 0.1, 8, 0.5)]
    public Task Ask_OutageOverAThousandCalls_StaysWithinTheBudget(int atOnce, double hedgeShare, int limit, double breakerShare) => OnOneThread(() =>
    {
        using var places = limit == 0 ? null : new CallLimit(limit, 1000);
        _limit = places;
        var client = Client();
        var model = Model(client, new() { HedgeShare = hedgeShare, BreakerFailureShare = breakerShare, RetryBackoff = TimeSpan.FromMilliseconds(10) });
        for (var i = 0; i < 200; i++)
            RunAll(() => Ask(model, isStreamed: i % 2 == 0), 1, 1);
        Assert.All(_calls, call => Assert.True(call.IsCompletedSuccessfully));
        _calls.Clear();
        var before = client.Calls;
        var reached = 0;

        _isDown = true;
        RunAll(() => Ask(model, isStreamed: reached++ % 2 == 0), 1000, atOnce);

        Assert.Equal(1000, reached);
        Assert.All(_calls, call => Assert.IsType<ProviderException>(call.Exception?.InnerException));
        var attempts = client.Calls - before;
        if (breakerShare > 1)
            Assert.InRange(attempts, 1150, 1200);
        else
            Assert.InRange(attempts, 10, 400);
        Assert.Equal((0, 0, 0), (client.Open, places?.InFlight ?? 0, _work.Time.Waiting()));
    });

    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(5, 0.1)]
    public Task Ask_OutageEnds_RecoversWithinOneBreakerInterval(int atOnce, double hedgeShare) => OnOneThread(() =>
    {
        for (var round = 0; round < 50; round++)
        {
            var client = Client();
            var model = Model(client, new() { HedgeShare = hedgeShare, MaxRetries = _chance.Next(3) });
            RunAll(() => Ask(model, isStreamed: true), 70, 1);
            _isDown = true;
            for (var ticks = _chance.Next(100, 400); ticks > 0; ticks--)
                Tick(model, atOnce);
            Assert.NotEqual(BreakerState.Closed, model.Health.Breaker);

            _isDown = false;
            var back = _work.Now;
            while (TimeSpan.FromTicks(_work.Now - back) < TimeSpan.FromSeconds(10))
                Tick(model, atOnce);
            _calls.Clear();
            Tick(model, atOnce);
            // By now at least the one call that finds out is answered, and after it all are.
            Assert.Contains(_calls, call => call.IsCompletedSuccessfully);
            _calls.Clear();
            for (var i = 0; i < 20; i++)
                Tick(model, atOnce);

            Assert.All(_calls, call => Assert.True(call.IsCompletedSuccessfully));
            Assert.Equal(BreakerState.Closed, model.Health.Breaker);
            Assert.Equal((0, 0), (client.Open, _work.Time.Waiting()));
        }
    });

    private static Task OnOneThread(Action test) =>
        Task.Factory.StartNew(test, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private ScriptedClient Client()
    {
        ScriptedClient? client = null;
        client = new ScriptedClient(token => Play(token));
        _open = () => client.Open;
        return client;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> Play([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_isDown)
        {
            // Some calls fail slowly enough to be called a second time.
            if (_limit is not null || _chance.Next(2) == 0)
                await _work.WaitAsync(Latency * 3, cancellationToken).ConfigureAwait(false);
            throw Does.Down();
        }

        await _work.WaitAsync(Latency, cancellationToken).ConfigureAwait(false);
        yield return new ChatResponseUpdate(ChatRole.Assistant, "a");
    }

    private ResilientModel Model(IChatClient client, ResilienceOptions options) => new(
        new ModelName("p", "m"), [new ModelDeployment(client)], options, _limit, new() { TimeProvider = _work.Time, Random = _chance.NextDouble });

    private static Task<ChatResponse> Ask(ResilientModel model, bool isStreamed) => isStreamed
        ? new ResilientChatClient(model).GetStreamingResponseAsync(Hello).ToChatResponseAsync()
        : new ResilientChatClient(model).GetResponseAsync(Hello);

    /// <summary>Begins some calls, and lets them end.</summary>
    private void Tick(ResilientModel model, int atOnce)
    {
        RunAll(() => Ask(model, isStreamed: true), atOnce, atOnce);
        _work.Time.Advance(TimeSpan.FromMilliseconds(_chance.Next(50, 500)));
    }

    private void RunAll(Func<Task> ask, int count, int atOnce)
    {
        _work.Begin();
        var running = new List<Task>();
        while (count > 0 || running.Count > 0)
        {
            for (; running.Count < atOnce && count > 0; count--)
                running.Add(ask());
            _work.Run(() => running.Exists(call => call.IsCompleted), IsResting);
            _calls.AddRange(running.Where(call => call.IsCompleted));
            running.RemoveAll(call => call.IsCompleted);
        }

        bool IsResting()
        {
            var open = _open();
            return open == _work.WaitingScripts && (_limit is null || _limit.InFlight == open);
        }
    }
}
