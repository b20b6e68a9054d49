using System.Text.Json;
using Serving.Simulator.Ledgers;

namespace Serving.Simulator.Tests.Ledgers;

public sealed class LedgerTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ledger_OfManyAtOnce_IsExact()
    {
        const int each = 40;
        string[] models = ["sim~tokens=3", "sim~503~share=0.5", "sim~tool~tokens=1"];
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { KeptAttempts = 7 });

        var answers = await Task.WhenAll(models.SelectMany(model => Enumerable.Range(0, each)
            .Select(async index => (model, Answer: await RawConnection.AnswerAsync(simulator, TestWire.Mistral, model, stream: index % 2 == 0, tools: true)))));

        await simulator.SettledAsync();
        foreach (var model in models)
        {
            var mine = answers.Where(answer => answer.model == model).Select(answer => answer.Answer).ToList();
            var good = mine.Where(answer => answer.Status == 200).ToList();
            var told = simulator.Ledger.Of(model);
            Assert.Equal((each, mine.Count - good.Count, good.Count), (told.Requests, told.Ended("503"), told.Ended("ok")));
            Assert.Equal(new TokenCounts(good.Sum(answer => Usage(answer, "prompt_tokens")), 0, good.Sum(answer => Usage(answer, "completion_tokens")), 0), told.Tokens);
            Assert.Equal((told.StreamsBegun, 0), (told.StreamsFinished, told.StreamsAborted));
        }

        Assert.Equal(simulator.Ledger.Models.Values.Aggregate(TokenCounts.Zero, (sum, model) => sum + model.Tokens), simulator.Ledger.Total.Tokens);
        Assert.Equal(models.Length * each, simulator.Ledger.Total.Requests);
        Assert.Equal(7, simulator.Ledger.Attempts.Count);
        await simulator.Ledger.WhenAsync(ledger => ledger.OpenConnections == 0, CancellationToken);
    }

    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Stream_LeftByItsClient_IsAbortedAndTellsNothing(string wire)
    {
        const string model = "sim~tokens=1000~delay=60000";
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { TimeProvider = new ManualTimeProvider() });

        using (var connection = await RawConnection.AskAsync(simulator, wire, model, stream: true))
        {
            await connection.ReadUntilAsync(answer => answer.Chunks.Count > 0);
            Assert.Equal((1, 1), (simulator.Ledger.Total.Open, simulator.Ledger.Total.StreamsBegun));
        }

        await simulator.SettledAsync();
        var told = simulator.Ledger.Of(model);
        Assert.Equal((1, 0, 1, 1), (told.StreamsBegun, told.StreamsFinished, told.StreamsAborted, told.Ended("aborted")));
        Assert.Equal(TokenCounts.Zero, told.Tokens);
        Assert.Equal(wire == TestWire.Anthropic ? new TokenCounts(5, 0, 1, 0) : TokenCounts.Zero, told.PartialTokens);
    }

    [Fact]
    public async Task WholeAnswer_LeftByItsClient_IsAbortedAndTellsNothing()
    {
        const string model = "sim~delay=60000";
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { TimeProvider = new ManualTimeProvider() });

        using (await RawConnection.AskAsync(simulator, TestWire.OpenAi, model, stream: false))
            await simulator.Ledger.WhenAsync(ledger => ledger.Total.Open == 1, CancellationToken);

        await simulator.SettledAsync();
        Assert.Equal((1, 0), (simulator.Ledger.Of(model).Ended("aborted"), simulator.Ledger.Total.Tokens.Output));
    }

    [Fact]
    public async Task Usage_WrittenBeforeAFault_IsTold()
    {
        await using var simulator = await TestSimulator.StartAsync();

        await RawConnection.AnswerAsync(simulator, TestWire.Cohere, "sim~done-missing~tokens=2", stream: true);
        await RawConnection.AnswerAsync(simulator, TestWire.Cohere, "sim~truncated~tokens=2", stream: true);

        await simulator.SettledAsync();
        Assert.Equal(2, simulator.Ledger.Total.Tokens.Output);
    }

    [Fact]
    public async Task Attempt_OfARequest_TellsWhatBecameOfIt()
    {
        var time = new ManualTimeProvider();
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { TimeProvider = time });

        await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim~503", stream: true);
        time.Advance(TimeSpan.FromMilliseconds(1500));
        await RawConnection.AnswerAsync(simulator, TestWire.Anthropic, "sim", stream: false);

        await simulator.SettledAsync();
        Assert.Equal(
            [new Attempt("sim~503", "openai/chat", true, "503", 0, 503), new Attempt("sim", "anthropic/chat", false, "ok", 1500, 200)],
            simulator.Ledger.Attempts);
    }

    [Fact]
    public async Task Clear_WhileARequestIsOpen_KeepsOnlyThatItIsOpen()
    {
        await using var simulator = await TestSimulator.StartAsync();
        await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim", stream: false);
        using (await RawConnection.AskAsync(simulator, TestWire.OpenAi, "sim~hang", stream: false))
        {
            await simulator.Ledger.WhenAsync(ledger => ledger.Total is { Hanging: 1, Open: 1 }, CancellationToken);

            simulator.Ledger.Clear();

            Assert.Equal((0, 1, 1), (simulator.Ledger.Total.Requests, simulator.Ledger.Total.Open, simulator.Ledger.Total.Hanging));
            Assert.Equal(["sim~hang"], simulator.Ledger.Models.Keys);
            Assert.Empty(simulator.Ledger.Attempts);
        }

        await simulator.SettledAsync();
    }

    [Fact]
    public async Task WhenAsync_WithAFailingCondition_Fails()
    {
        await using var simulator = await TestSimulator.StartAsync();

        var waiting = simulator.Ledger.WhenAsync(ledger => ledger.Total.Requests == 0 ? false : throw new InvalidOperationException("no"), CancellationToken);
        await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim", stream: false);

        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting);
    }

    [Fact]
    public async Task Ledger_OverHttp_HasTheSameAndNoKey()
    {
        await using var simulator = await TestSimulator.StartAsync();
        using var http = new HttpClient { BaseAddress = simulator.BaseAddress };
        await RawConnection.AnswerAsync(simulator, "/v1/chat/completions", TestWire.Body(TestWire.OpenAi, "sim", stream: false), key: "canary");
        await simulator.SettledAsync();

        var text = await http.GetStringAsync("admin/ledger", CancellationToken);
        using var cleared = await http.DeleteAsync("admin/ledger", CancellationToken);

        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal(20, json.GetProperty("models").GetProperty("sim").GetProperty("tokens").GetProperty("output").GetInt32());
        Assert.Equal("openai/chat", json.GetProperty("attempts")[0].GetProperty("endpoint").GetString());
        Assert.Equal(1, json.GetProperty("total").GetProperty("outcomes").GetProperty("ok").GetInt32());
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.Equal(0, simulator.Ledger.Total.Requests);
    }

    private static int Usage(RawAnswer answer, string field) =>
        (answer.Header("Content-Length") is null ? answer.Events[^1] : answer.Json).GetProperty("usage").GetProperty(field).GetInt32();
}
