using Microsoft.Extensions.AI;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;

namespace Serving.Providers.Tests.Resilience;

public sealed class ResilientChatClientTests
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hello")];

    private readonly ManualTimeProvider _time = new();
    private readonly ResilienceServices _services;
    private readonly UsageLedger _usage = new();
    private TimeSpan? _timeLeft;

    public ResilientChatClientTests() => _services = new() { TimeProvider = _time, Random = () => 0.5, Usage = _usage };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_TransientFailures_RetriesWithGrowingWaits(bool streamed)
    {
        var client = new ScriptedClient(Does.Fail(Does.Down()), Does.Fail(Does.Down()), Does.Say("a", "b"));
        var answer = AskAsync(Client(Model(client)), streamed);

        await PassAsync(TimeSpan.FromMilliseconds(750));
        await PassAsync(TimeSpan.FromMilliseconds(1500));

        Assert.Equal("ab", await answer);
        Assert.Equal(3, client.Calls);
        Assert.Equal(0, client.Open);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_CallersFault_IsNotRepeated(bool streamed)
    {
        var client = new ScriptedClient(Does.Fail(Does.TooLong()), Does.Say("never"));
        var standIn = new ScriptedClient(Does.Say("never"));

        var error = await Assert.ThrowsAsync<ProviderException>(() => AskAsync(Client(Model(client), Model(standIn)), streamed));

        Assert.Equal(ErrorKind.ContextTooLong, error.Kind);
        Assert.Equal((1, 0), (client.Calls, standIn.Calls));
    }

    [Fact]
    public async Task Ask_MoreFailuresThanRetries_ThrowsTheLastWithAWait()
    {
        var client = new ScriptedClient(Does.Fail(Does.Down()));
        var answer = AskAsync(Client(Model(client, new() { MaxRetries = 1 })), streamed: false);
        await PassAsync(TimeSpan.FromMilliseconds(750));

        var error = await Assert.ThrowsAsync<ProviderException>(() => answer);

        Assert.Equal(2, client.Calls);
        Assert.Equal(TimeSpan.FromSeconds(1), error.RetryAfter);
    }

    [Theory]
    [InlineData(7, 7.5)]
    [InlineData(0.1, 0.15)]
    public async Task Ask_RetryAfter_IsAFloor(double seconds, double wait)
    {
        var client = new ScriptedClient(Does.Fail(Does.Limited(TimeSpan.FromSeconds(seconds))), Does.Say("a"));
        var answer = AskAsync(Client(Model(client)), streamed: true);

        await PassAsync(TimeSpan.FromSeconds(wait));

        Assert.Equal("a", await answer);
    }

    [Fact]
    public async Task Ask_RetryAfterBeyondTheDeadline_FailsAtOnceAndTellsIt()
    {
        _timeLeft = TimeSpan.FromSeconds(20);
        var client = new ScriptedClient(Does.Fail(Does.Limited(TimeSpan.FromSeconds(20))), Does.Say("never"));

        var error = await Assert.ThrowsAsync<ProviderException>(() => AskAsync(Client(Model(client)), streamed: true));

        Assert.Equal(ErrorKind.RateLimited, error.Kind);
        Assert.Equal(TimeSpan.FromSeconds(20), error.RetryAfter);
        Assert.Equal(1, client.Calls);
    }

    [Fact]
    public async Task Ask_RetryAfterBeyondTheDeadline_FallsOverAtOnce()
    {
        _timeLeft = TimeSpan.FromSeconds(60);
        var client = new ScriptedClient(Does.Fail(Does.Limited(TimeSpan.FromSeconds(31))), Does.Say("never"));
        var standIn = new ScriptedClient(Does.Say("b"));

        Assert.Equal("b", await AskAsync(Client(Model(client), Model(standIn)), streamed: true));
        Assert.Equal((1, 1), (client.Calls, standIn.Calls));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_NoAnswerInTime_EndsTheAttempt(bool streamed)
    {
        _timeLeft = TimeSpan.FromSeconds(60);
        var client = new ScriptedClient(Does.Hang());
        var answer = AskAsync(Client(Model(client)), streamed);

        await PassAsync(TimeSpan.FromSeconds(30));

        var error = await Assert.ThrowsAsync<ProviderException>(() => answer);
        Assert.Equal(ErrorKind.Timeout, error.Kind);
        Assert.Equal("Model 'm' of provider 'p' did not answer within 30 s.", error.Message);
        Assert.Equal((1, 0), (client.Calls, client.Open));
    }

    [Fact]
    public async Task Ask_NoAnswerInTimeButTimeForAnother_Retries()
    {
        _timeLeft = TimeSpan.FromSeconds(100);
        var client = new ScriptedClient(Does.Hang(), Does.Say("a"));
        var answer = AskAsync(Client(Model(client)), streamed: true);

        await PassAsync(TimeSpan.FromSeconds(30));
        await PassAsync(TimeSpan.FromMilliseconds(750));

        Assert.Equal("a", await answer);
    }

    [Fact]
    public async Task Ask_FirstModelHangs_LeavesTheSecondItsTime()
    {
        _timeLeft = TimeSpan.FromSeconds(100);
        var client = new ScriptedClient(Does.Hang(), Does.Say("never"));
        var standIn = new ScriptedClient(Does.Say("b"));
        var answer = AskAsync(Client(Model(client, new() { AttemptTimeout = TimeSpan.FromSeconds(40) }), Model(standIn)), streamed: true);

        await PassAsync(TimeSpan.FromSeconds(40));

        Assert.Equal("b", await answer);
        Assert.Equal(1, client.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_DownForGood_FallsOverAndStaysAway(bool streamed)
    {
        var client = new ScriptedClient(Does.Fail(Does.NoKey()));
        var standIn = new ScriptedClient(Does.Say("b"));
        var resilient = Client(Model(client), Model(standIn));

        Assert.Equal("b", await AskAsync(resilient, streamed));
        Assert.Equal("b", await AskAsync(resilient, streamed));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("b", await AskAsync(resilient, streamed));

        Assert.Equal((2, 3), (client.Calls, standIn.Calls));
    }

    [Fact]
    public async Task Ask_AllModelsFail_TellsTheFirstThatMayPassWithTheShortestWait()
    {
        var options = new ResilienceOptions { MaxRetries = 0 };
        var resilient = Client(
            Model(new ScriptedClient(Does.Fail(Does.NoKey())), options),
            Model(new ScriptedClient(Does.Fail(Does.Limited(TimeSpan.FromSeconds(20)))), options),
            Model(new ScriptedClient(Does.Fail(Does.Down(TimeSpan.FromSeconds(5)))), options));

        var error = await Assert.ThrowsAsync<ProviderException>(() => AskAsync(resilient, streamed: false));

        Assert.Equal((ErrorKind.RateLimited, TimeSpan.FromSeconds(5)), (error.Kind, error.RetryAfter));
    }

    [Fact]
    public async Task Ask_BreakerIsOpen_FailsAtOnceAndRecoversByOneProbe()
    {
        var isDown = true;
        var client = new ScriptedClient(token => (isDown ? Does.Fail(Does.Down()) : Does.Say("a"))(token));
        var resilient = Client(Model(client, new() { MaxRetries = 0 }));
        for (var i = 0; i < 10; i++)
            await Assert.ThrowsAsync<ProviderException>(() => AskAsync(resilient, streamed: true));

        var error = await Assert.ThrowsAsync<ProviderException>(() => AskAsync(resilient, streamed: true));
        Assert.Equal((ErrorKind.ProviderUnavailable, TimeSpan.FromSeconds(10), 10), (error.Kind, error.RetryAfter, client.Calls));

        isDown = false;
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("a", await AskAsync(resilient, streamed: true));
        Assert.Equal("a", await AskAsync(resilient, streamed: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_FailsAfterContent_IsNeitherRepeatedNorSpliced(bool isText)
    {
        var client = new ScriptedClient(isText ? Does.Then(["a"], Does.Down()) : Does.Then(Does.ToolCall, Does.Down()), Does.Say("never"));
        var standIn = new ScriptedClient(Does.Say("never"));
        var updates = Client(Model(client), Model(standIn)).GetStreamingResponseAsync(Hello, Options(), Token).GetAsyncEnumerator(Token);

        Assert.True(await updates.MoveNextAsync());
        Assert.IsType(isText ? typeof(TextContent) : typeof(ToolCallChunk), Assert.Single(updates.Current.Contents));
        await Assert.ThrowsAsync<ProviderException>(() => updates.MoveNextAsync().AsTask());

        await updates.DisposeAsync();
        Assert.Equal((1, 0, 0), (client.Calls, client.Open, standIn.Calls));
    }

    [Fact]
    public async Task Stream_FailsBeforeContent_GivesNothingOfTheFailedAttempt()
    {
        var client = new ScriptedClient(Does.Use(7, 0, Does.Fail(Does.Down())), Does.Use(7, 2, Does.Say("a")));
        var answer = StreamAsync(Client(Model(client)));
        await PassAsync(TimeSpan.FromMilliseconds(750));

        var response = (await answer).ToChatResponse();

        Assert.Equal("a", response.Text);
        Assert.Equal(7, response.Usage!.InputTokenCount);
        var usage = Assert.Single(_usage.Snapshot());
        Assert.Equal((14, 2), (usage.InputTokens, usage.OutputTokens));
    }

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 12)]
    public async Task Ask_FailureTellsTokens_CountsThemOnTopOfWhatCame(bool streamed, int expected)
    {
        var failure = new ProviderException(ErrorKind.BadRequest, "No.", ProviderFault.Caller) { Usage = new UsageDetails { InputTokenCount = 5 } };
        var client = new ScriptedClient(Does.Use(7, 0, Does.Fail(failure)));

        await Assert.ThrowsAsync<ProviderException>(() => AskAsync(Client(Model(client)), streamed));

        Assert.Equal(expected, Assert.Single(_usage.Snapshot()).InputTokens);
    }

    [Fact]
    public async Task Stream_FallsSilent_EndsWithATimeout()
    {
        var client = new ScriptedClient(Does.Hang("a"), Does.Say("never"));
        var updates = Client(Model(client, new() { IdleTimeout = TimeSpan.FromSeconds(9) })).GetStreamingResponseAsync(Hello, Options(), Token).GetAsyncEnumerator(Token);
        Assert.True(await updates.MoveNextAsync());
        _time.Advance(TimeSpan.FromHours(1)); // the reader's own time does not count
        var next = updates.MoveNextAsync().AsTask();

        await PassAsync(TimeSpan.FromSeconds(9));

        var error = await Assert.ThrowsAsync<ProviderException>(() => next);
        Assert.Equal(ErrorKind.Timeout, error.Kind);
        Assert.Contains("fell silent for 9 s", error.Message, StringComparison.Ordinal);
        await updates.DisposeAsync();
        Assert.Equal((1, 0), (client.Calls, client.Open));
    }

    [Fact]
    public async Task Stream_IsLeft_EndsTheCallAndCountsItsTokens()
    {
        var client = new ScriptedClient(Does.Use(3, 0, Does.Hang("a")));
        var model = Model(client);
        await foreach (var update in Client(model).GetStreamingResponseAsync(Hello, Options(), Token))
        {
            if (update.Text == "a")
                break;
        }

        Assert.Equal(0, client.Open);
        Assert.Equal(3, Assert.Single(_usage.Snapshot()).InputTokens);
        Assert.Equal(BreakerState.Closed, model.Health.Breaker);
    }

    [Fact]
    public async Task Ask_CallerLeavesWhileItWaits_MakesNoFurtherAttempt()
    {
        var client = new ScriptedClient(Does.Fail(Does.Down()));
        using var source = new CancellationTokenSource();
        var answer = Client(Model(client)).GetResponseAsync(Hello, Options(), source.Token);
        await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(750));

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(1, client.Calls);
    }

    [Fact]
    public async Task Ask_OutageOverAThousandCalls_StaysWithinTheBudget()
    {
        var client = new ScriptedClient(Does.Fail(Does.Down()));
        var resilient = Client(Model(client, new() { RetryBackoff = TimeSpan.Zero, BreakerFailureShare = 2 }));

        for (var i = 0; i < 1000; i++)
            await Assert.ThrowsAsync<ProviderException>(() => AskAsync(resilient, streamed: i % 2 == 0));

        Assert.InRange(client.Calls, 1150, 1200);
    }

    [Fact]
    public async Task Ask_SeveralDeployments_SharesByWeightAndLetsTheLimitedOneRest()
    {
        var chance = 0;
        var light = new ScriptedClient(Does.Say("l"));
        var heavy = new ScriptedClient(Does.Say("h"), Does.Say("h"), Does.Say("h"), Does.Fail(Does.Limited(TimeSpan.FromSeconds(5))), Does.Say("h"));
        var model = new ResilientModel(
            new ModelName("p", "m"),
            [new ModelDeployment(light), new ModelDeployment(heavy) { Weight = 3 }],
            services: _services with { Random = () => chance++ % 4 / 4.0 });
        var resilient = Client(model);

        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
            answers.Add(await AskAsync(resilient, streamed: true));
        Assert.Equal(["l", "h", "h", "h"], answers);
        Assert.Equal("l", await AskAsync(resilient, streamed: true));
        Assert.Equal("l", await AskAsync(resilient, streamed: true)); // the heavy one is limited, and its call goes to the light one at once
        Assert.Equal(4, heavy.Calls);
        for (var i = 0; i < 4; i++)
            Assert.Equal("l", await AskAsync(resilient, streamed: true));

        _time.Advance(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 4; i++)
            await AskAsync(resilient, streamed: true);
        Assert.InRange(heavy.Calls, 6, 8);
    }

    [Fact]
    public async Task Ask_ProviderIsFull_WaitsForAPlaceOrRefuses()
    {
        using var limit = new CallLimit(1, 1);
        var client = new ScriptedClient(Does.Hang("a"), Does.Say("b"));
        var resilient = Client(new ResilientModel(new ModelName("p", "m"), [new ModelDeployment(client)], limit: limit, services: _services));
        var first = resilient.GetStreamingResponseAsync(Hello, Options(), Token).GetAsyncEnumerator(Token);
        Assert.True(await first.MoveNextAsync());
        var second = AskAsync(resilient, streamed: true);

        var error = await Assert.ThrowsAsync<ProviderException>(() => AskAsync(resilient, streamed: true));
        Assert.Equal(ErrorKind.Overloaded, error.Kind);
        Assert.Equal(1, client.Calls);

        await first.DisposeAsync();
        Assert.Equal("b", await second);
        Assert.Equal(0, limit.InFlight);
    }

    [Fact]
    public async Task Ask_SlowerThanUsual_HedgesAndCancelsTheLoser()
    {
        var calls = Enumerable.Repeat(Does.Say("a"), 64).Append(Does.Hang()).Append(Does.Say("b")).ToArray();
        var client = new ScriptedClient(calls);
        var resilient = Client(Model(client, new() { HedgeShare = 0.05, MaxRetries = 0 }));
        for (var i = 0; i < 64; i++)
            await AskAsync(resilient, streamed: true);

        Assert.Equal("b", await AskAsync(resilient, streamed: true));

        Assert.Equal(66, client.Calls);
        Assert.Equal(0, client.Open);
    }

    [Fact]
    public async Task Ask_StandInHasDefaults_KeepsItsOwnModel()
    {
        var client = new ScriptedClient(Does.Fail(Does.NoKey()));
        var standIn = new ScriptedClient(Does.Say("b"));
        var second = new ResilientModel(new ModelName("q", "n"), [new ModelDeployment(standIn)], services: _services)
        {
            Defaults = new ChatOptions { Temperature = 0.2f, TopP = 0.5f },
        };

        await Client(Model(client), second).GetResponseAsync(Hello, new ChatOptions { ModelId = "m2", TopP = 0.9f }, Token);

        Assert.Equal("m2", client.Options[0]!.ModelId);
        Assert.Null(standIn.Options[0]!.ModelId);
        Assert.Equal((0.2f, 0.9f), (standIn.Options[0]!.Temperature, standIn.Options[0]!.TopP));
    }

    private static ResilientChatClient Client(params ResilientModel[] models) => new(models);

    private ResilientModel Model(IChatClient client, ResilienceOptions? options = null) =>
        new(new ModelName("p", "m"), [new ModelDeployment(client)], options, services: _services);

    private RunChatOptions Options()
    {
        var started = _time.GetTimestamp();
        return new RunChatOptions(RunContext.Create(timeProvider: _time, timeLeft: () => _timeLeft - _time.GetElapsedTime(started), cancellationToken: Token));
    }

    private async Task<string> AskAsync(ResilientChatClient client, bool streamed) => streamed
        ? (await StreamAsync(client)).ToChatResponse().Text
        : (await client.GetResponseAsync(Hello, Options(), Token)).Text;

    private async Task<List<ChatResponseUpdate>> StreamAsync(ResilientChatClient client)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync(Hello, Options(), Token))
            updates.Add(update);
        return updates;
    }

    /// <summary>Waits until somebody waits for this long, and lets it pass.</summary>
    private async Task PassAsync(TimeSpan wait)
    {
        await _time.WaitForTimerAsync(wait);
        _time.Advance(wait);
    }
}
