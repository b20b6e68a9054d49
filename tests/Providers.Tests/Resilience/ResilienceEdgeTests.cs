using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;

namespace Serving.Providers.Tests.Resilience;

public sealed class ResilienceEdgeTests
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hello")];

    private readonly ManualTimeProvider _time = new();
    private readonly ResilienceServices _services;

    public ResilienceEdgeTests() => _services = new() { TimeProvider = _time, Random = () => 0.5 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_ClientCannotCleanUp_IsLeftAllTheSame()
    {
        using var limit = new CallLimit(1, 0);
        var client = new ResilientChatClient(Model(new ScriptedClient(_ => CannotEndAsync()), limit: limit));

        await foreach (var update in client.GetStreamingResponseAsync(Hello, cancellationToken: Token))
        {
            Assert.Equal("a", update.Text);
            break;
        }

        Assert.Equal(0, limit.InFlight);
    }

    [Theory]
    [InlineData(-5, null)]
    [InlineData(0, 0.0)]
    [InlineData(1e9, 86_400.0)]
    public async Task Ask_ProviderAsksForAnOddWait_TellsOneThatCanBeKept(double asked, double? told)
    {
        var model = Model(new ScriptedClient(Does.Fail(Does.Limited(TimeSpan.FromSeconds(asked)))), new() { MaxRetries = 0, RetryBackoff = TimeSpan.Zero });

        var error = await Assert.ThrowsAsync<ProviderException>(() => new ResilientChatClient(model).GetResponseAsync(Hello, cancellationToken: Token));

        Assert.Equal(told ?? 0, error.RetryAfter!.Value.TotalSeconds);
    }

    [Fact]
    public async Task Ask_ProviderAsksForHoursWithoutADeadline_IsNotWaitedFor()
    {
        var client = new ScriptedClient(Does.Fail(Does.Limited(TimeSpan.MaxValue)));

        await Assert.ThrowsAsync<ProviderException>(() => new ResilientChatClient(Model(client)).GetResponseAsync(Hello, cancellationToken: Token));

        Assert.Equal(1, client.Calls);
    }

    [Fact]
    public async Task Ask_BreakerOpensOnAFailure_IsNotRetriedInVain()
    {
        var client = new ScriptedClient(Does.Fail(Does.Down()));
        var standIn = new ScriptedClient(Does.Say("b"));
        var model = Model(client, new() { BreakerMinimumCalls = 1 });

        var answer = await new ResilientChatClient(model, Model(standIn)).GetResponseAsync(Hello, cancellationToken: Token);

        Assert.Equal(("b", 1, 10.0), (answer.Text, client.Calls, model.Health.RetriesLeft));
    }

    [Fact]
    public async Task Ask_TimeOfTheRunIsOver_AsksNobody()
    {
        var client = new ScriptedClient(Does.Say("never"));
        var options = new RunChatOptions(RunContext.Create(timeProvider: _time, timeLeft: () => TimeSpan.Zero, cancellationToken: Token));

        var error = await Assert.ThrowsAsync<ProviderException>(() => new ResilientChatClient(Model(client)).GetResponseAsync(Hello, options, Token));

        Assert.Equal((ErrorKind.Timeout, 0), (error.Kind, client.Calls));
    }

    [Fact]
    public async Task Ask_CallerHasLeftBefore_AsksNobody()
    {
        var client = new ScriptedClient(Does.Say("never"));
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ResilientChatClient(Model(client, new() { MaxRetries = 0 })).GetResponseAsync(Hello, cancellationToken: source.Token));

        Assert.Equal(0, client.Calls);
    }

    [Fact]
    public async Task Ask_CallerLeavesBeforeTheRetry_GivesItBack()
    {
        var model = Model(new ScriptedClient(Does.Fail(Does.Down())));
        using var source = new CancellationTokenSource();
        var answer = new ResilientChatClient(model).GetResponseAsync(Hello, cancellationToken: source.Token);
        await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(750));
        Assert.Equal(9, model.Health.RetriesLeft);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(10, model.Health.RetriesLeft);
    }

    [Fact]
    public async Task Ask_NoPlaceForASecondCall_WaitsForTheFirst()
    {
        using var limit = new CallLimit(1, 8);
        var answers = new TaskCompletionSource();
        var calls = Enumerable.Repeat(Does.Say("a"), 64).Append(token => SayAfterAsync(answers.Task, token)).Append(Does.Say("never")).ToArray();
        var client = new ScriptedClient(calls);
        var model = Model(client, new() { HedgeShare = 0.1 }, limit);
        for (var i = 0; i < 64; i++)
            await new ResilientChatClient(model).GetStreamingResponseAsync(Hello, cancellationToken: Token).ToChatResponseAsync(Token);

        var answer = new ResilientChatClient(model).GetStreamingResponseAsync(Hello, cancellationToken: Token).ToChatResponseAsync(Token);
        Assert.Equal(65, client.Calls);
        answers.SetResult();

        Assert.Equal("late", (await answer).Text);
        Assert.Equal((65, 10.0, 0), (client.Calls, model.Health.RetriesLeft, limit.InFlight));
    }

    [Fact]
    public async Task Ask_OnlyWholeAnswersKnown_DoesNotHedgeStreams()
    {
        var answers = new TaskCompletionSource();
        var client = new ScriptedClient([.. Enumerable.Repeat(Does.Say("a"), 64), token => SayAfterAsync(answers.Task, token), Does.Say("never")]);
        var model = Model(client, new() { HedgeShare = 0.1 });
        for (var i = 0; i < 64; i++)
            await new ResilientChatClient(model).GetResponseAsync(Hello, cancellationToken: Token);

        var answer = new ResilientChatClient(model).GetStreamingResponseAsync(Hello, cancellationToken: Token).ToChatResponseAsync(Token);
        answers.SetResult();

        Assert.Equal("late", (await answer).Text);
        Assert.Equal(65, client.Calls);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    [InlineData(0)]
    public void Model_WeightIsNoNumberAbove0_IsRefused(double weight)
    {
        var deployment = new ModelDeployment(new ScriptedClient(Does.Say("a"))) { Weight = weight };

        Assert.Throws<ArgumentException>(() => new ResilientModel(new ModelName("p", "m"), [deployment]));
    }

    private ResilientModel Model(IChatClient client, ResilienceOptions? options = null, CallLimit? limit = null) =>
        new(new ModelName("p", "m"), [new ModelDeployment(client)], options, limit, _services);

    private static async IAsyncEnumerable<ChatResponseUpdate> SayAfterAsync(Task task, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await task.WaitAsync(cancellationToken);
        yield return new ChatResponseUpdate(ChatRole.Assistant, "late");
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> CannotEndAsync()
    {
        await Task.CompletedTask;
        using var broken = new Broken();
        yield return new ChatResponseUpdate(ChatRole.Assistant, "a");
    }

    private sealed class Broken : IDisposable
    {
        public void Dispose() => throw new IOException("It cannot be ended.");
    }
}
