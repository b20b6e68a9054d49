using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Agents;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Models;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;
using Serving.Runtime.Tools;

namespace Serving.Runtime.Tests.Agents;

public sealed class ToolCallingAgentTests
{
    private static readonly Tool Multiply = Tool.Create((int a, int b = 2) => a * b, "multiply", "Multiplies two integers.");

    [Fact]
    public async Task Invoke_ModelCallsATool_IsAskedAgainWithTheResultAndAnswers()
    {
        var client = new ScriptedChatClient(
            ScriptedReply.Of(new TextReasoningContent("Let me "), new TextReasoningContent("think."), new TextContent("Let me see."), Call("c1", "multiply", """{"a":6,"b":7}""")) with
            {
                Usage = new() { InputTokenCount = 3, OutputTokenCount = 4 },
                FinishReason = ChatFinishReason.ToolCalls,
                ModelId = "first",
            },
            ScriptedReply.Of("It is ", "42.") with { Usage = new() { InputTokenCount = 10, OutputTokenCount = 2 }, FinishReason = ChatFinishReason.Stop, ModelId = "last" });
        var agent = new ToolCallingAgent(new ChatModel(client).Bind(options => options.Temperature = 0.5f), [Multiply]);

        var answer = await agent.InvokeAsync("6 x 7?", TestRun.Token);

        Assert.Equal("Let me see.\n\nIt is 42.", answer.Text);
        Assert.Equal(("stop", "last", false), (answer.FinishReason, answer.ModelId, answer.IsChunk));
        Assert.Equal((13L, 6L), (answer.Usage!.InputTokenCount, answer.Usage.OutputTokenCount));
        Assert.All(answer.Contents, content => Assert.True(content is TextContent or UsageContent));
        Assert.All(client.Calls, call => Assert.Equal(("multiply", 0.5f), (call.Options!.Tools!.Single().Name, call.Options.Temperature)));
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool], client.Calls[1].Messages.Select(message => message.Role));
        Assert.Equal("Let me think.", client.Calls[1].Messages[1].Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Equal(("c1", "42", null), Results(client.Calls[1]).Single());
    }

    [Fact]
    public async Task Stream_LastAnswer_ComesTokenByTokenAndNothingTwice()
    {
        var agent = Agent(
            [Multiply],
            ScriptedReply.Of(new TextContent("One "), new TextContent("moment."), Call("c1", "multiply", """{"a":1}""")),
            ScriptedReply.Of(Call("c2", "multiply", """{"a":2}""")),
            ScriptedReply.Of("It ", "is ", "4."));

        var pieces = await agent.StreamAsync("?", TestRun.Token).ToListAsync(TestRun.Token);

        Assert.Equal(["One ", "moment.", "\n\nIt ", "is ", "4.", ""], pieces.Select(piece => piece.Text));
        Assert.All(pieces, piece => Assert.True(piece.IsChunk));
        Assert.Single(pieces.Select(piece => piece.Id).Distinct());
    }

    [Fact]
    public async Task Stream_CallsInChunks_AreMadeWhenTheyAreWhole()
    {
        ScriptedReply calls = ScriptedReply.Of(
            new ToolCallChunk { Index = 0, CallId = "x", Name = "multiply", Arguments = "{\"a\"" },
            new ToolCallChunk { Index = 1, CallId = "y", Name = "multiply" },
            new ToolCallChunk { Index = 0, Arguments = ":5}" },
            new ToolCallChunk { Index = 1, Arguments = "{\"a\":1,\"b\":1}" });
        var client = new ScriptedChatClient(calls, ScriptedReply.Of("Done."));

        var answer = await new ToolCallingAgent(new ChatModel(client), [Multiply]).StreamAsync("?", TestRun.Token).FoldAsync(TestRun.Token);

        Assert.Equal("Done.", answer.Value!.Text);
        Assert.Equal([("x", "10", null), ("y", "1", null)], Results(client.Calls[1]));
        Assert.Equal(["x", "y"], client.Calls[1].Messages[1].Contents.OfType<FunctionCallContent>().Select(call => call.CallId));
    }

    [Fact]
    public async Task Stream_ReaderLeavesEarly_NothingMoreIsCalled()
    {
        var calls = 0;
        var client = new ScriptedChatClient(ScriptedReply.Of(new TextContent("One moment."), Call("c", "count", "{}")));

        var first = await new ToolCallingAgent(new ChatModel(client), [Tool.Create(() => ++calls, "count")]).StreamAsync("?", TestRun.Token).FirstAsync(TestRun.Token);

        Assert.Equal(("One moment.", 0, 1), (first.Text, calls, client.Calls.Count));
    }

    [Fact]
    public async Task Events_TwoCalls_AreRunsOfToolsBetweenTheRunsOfTheModel()
    {
        var observer = new RecordingObserver();
        var agent = Agent(
            [Multiply],
            ScriptedReply.Of(Call("c1", "multiply", """{"a":1}"""), Call("c2", "multiply", """{"a":2}""")),
            ScriptedReply.Of("Yes."));

        await agent.InvokeAsync("?", TestRun.Context(observer));

        Assert.Equal(
            [
                "ToolCallingAgent start", "ChatModel start", "ChatModel end",
                "multiply start", "multiply end", "multiply start", "multiply end",
                "ChatModel start", "ChatModel end", "ToolCallingAgent end",
            ],
            observer.Kinds);
        Assert.Equal([RunType.Chain, RunType.ChatModel, RunType.Tool, RunType.Tool, RunType.ChatModel], observer.Runs.Select(run => run.Type));
        Assert.Equal(
            ["", "agent:step:1", "agent:step:1:call:1", "agent:step:1:call:2", "agent:step:2"],
            observer.Runs.Select(run => string.Join(',', run.Tags)));
        Assert.All(observer.Runs.Skip(1), run => Assert.Same(observer.Runs[0], run.Parent));
        var ended = observer.Events.OfType<RunEnded>().Where(ended => ended.Run.Type == RunType.Tool).ToList();
        Assert.Equal(["1", "2"], ended.Select(item => ((ChainValues)item.Input!)["a"]!.ToString()));
        Assert.Equal<object?>([2, 4], ended.Select(item => item.Output));
    }

    [Fact]
    public async Task Invoke_NoTools_IsTheModelAlone()
    {
        var client = new ScriptedChatClient(ScriptedReply.Of("Hello.") with { FinishReason = ChatFinishReason.Stop });

        var answer = await new ToolCallingAgent(new ChatModel(client), []).InvokeAsync("Hi", TestRun.Token);

        Assert.Equal(("Hello.", "stop"), (answer.Text, answer.FinishReason));
        Assert.Null(client.Calls.Single().Options?.Tools);
    }

    [Fact]
    public async Task Invoke_ModelSaysNothing_GivesAnEmptyMessage()
    {
        var agent = Agent([Multiply], new ScriptedReply());

        Assert.Equal("", (await agent.InvokeAsync("?", TestRun.Token)).Text);
        Assert.Equal("", (await agent.StreamAsync("?", TestRun.Token).FoldAsync(TestRun.Token)).Value!.Text);
    }

    [Fact]
    public void Create_TwoToolsOfOneName_IsRefused()
    {
        var error = Assert.Throws<CompositionException>(() => Agent([Multiply, Tool.Create(() => 1, "multiply")], new ScriptedReply()));
        Assert.Contains("two tools named 'multiply'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Invoke_ModelNeverAnswers_EndsAtTheRecursionLimitWithoutUselessCalls(int limit)
    {
        var calls = 0;
        var client = new ScriptedChatClient(ScriptedReply.Of(new TextContent("Again."), Call("c", "count", "{}")));
        var agent = new ToolCallingAgent(new ChatModel(client), [Tool.Create(() => ++calls, "count")]);
        var config = new RunConfig { RecursionLimit = limit };

        var error = await Assert.ThrowsAsync<RecursionLimitException>(async () => await agent.WithName("planner").InvokeAsync("?", TestRun.Context(config: config)));

        Assert.Equal(
            $"'planner' called its model {limit} times, the limit of this call, and has no answer yet. Raise recursion_limit, or ask for less at once.",
            error.Message);
        Assert.Equal((limit, limit - 1), (client.Calls.Count, calls));
        await Assert.ThrowsAsync<RecursionLimitException>(async () => await agent.StreamAsync("?", TestRun.Context(config: config)).CountAsync(TestRun.Token));
        Assert.Equal(2 * limit, client.Calls.Count);
    }

    [Fact]
    public async Task Invoke_SlowAndFastCalls_RunAtOnceAndKeepTheirOrder()
    {
        var started = new TaskCompletionSource();
        var slow = Tool.Create(async () => { await started.Task; return "slow"; }, "slow");
        var fast = Tool.Create(() => { started.SetResult(); return "fast"; }, "fast");
        var client = new ScriptedChatClient(ScriptedReply.Of(Call("1", "slow", "{}"), Call("2", "fast", "{}")), ScriptedReply.Of("."));

        await new ToolCallingAgent(new ChatModel(client), [slow, fast]).InvokeAsync("?", TestRun.Token);

        Assert.Equal([("1", "slow", null), ("2", "fast", null)], Results(client.Calls[1]));
    }

    [Fact]
    public async Task Invoke_MaxConcurrency_BoundsTheCallsThatRunAtOnce()
    {
        var (now, most) = (0, 0);
        var work = Tool.Create(
            async (CancellationToken token) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
                for (var i = 0; i < 10; i++)
                    await Task.Yield();
                Interlocked.Decrement(ref now);
            },
            "work");
        var agent = Agent([work], ScriptedReply.Of([.. Enumerable.Range(0, 8).Select(i => Call($"c{i}", "work", "{}"))]), ScriptedReply.Of("."));

        await agent.InvokeAsync("?", TestRun.Context(config: new RunConfig { MaxConcurrency = 1 }));

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Invoke_CallIdsRepeatedOrMissing_EachResultBelongsToOneCall()
    {
        var client = new ScriptedChatClient(
            ScriptedReply.Of(Call("c", "multiply", """{"a":1}"""), Call("c", "multiply", """{"a":2}"""), Call("", "multiply", """{"a":3}"""), Call("", "multiply", """{"a":4}""")),
            ScriptedReply.Of("."));

        await new ToolCallingAgent(new ChatModel(client), [Multiply]).InvokeAsync("?", TestRun.Token);

        var results = Results(client.Calls[1]);
        Assert.Equal(["2", "4", "6", "8"], results.Select(result => result.Text));
        Assert.Equal(4, results.Select(result => result.Id).Distinct().Count());
        Assert.Equal(client.Calls[1].Messages[1].Contents.OfType<FunctionCallContent>().Select(call => call.CallId), results.Select(result => result.Id));
        Assert.Equal("c", results[0].Id);
    }

    [Fact]
    public async Task Invoke_CallTheProviderHasMade_IsLeftAlone()
    {
        var client = new ScriptedChatClient(ScriptedReply.Of(new TextContent("Searched."), new FunctionCallContent("s", "search") { InformationalOnly = true }));

        Assert.Equal("Searched.", (await new ToolCallingAgent(new ChatModel(client), [Multiply]).InvokeAsync("?", TestRun.Token)).Text);
        Assert.Single(client.Calls);
    }

    [Fact]
    public async Task Invoke_ResultsOfAllKinds_AreTextOrJson()
    {
        Tool[] tools =
        [
            Tool.Create(() => "plain \"text\"", "text"), Tool.Create(() => new { SomeName = 1, Items = new[] { 1.5, 2 } }, "record"),
            Tool.Create(() => { }, "nothing"), Tool.Create(() => JsonElement.Parse("""{"a":[true]}"""), "json"),
            Tool.Create(() => new TextContent("content"), "content"),
        ];
        var client = new ScriptedChatClient(ScriptedReply.Of([.. tools.Select(tool => Call(tool.Name, tool.Name, "{}"))]), ScriptedReply.Of("."));

        await new ToolCallingAgent(new ChatModel(client), tools).InvokeAsync("?", TestRun.Token);

        Assert.Equal(
            ["plain \"text\"", """{"some_name":1,"items":[1.5,2.0]}""", "null", """{"a":[true]}""", "content"],
            Results(client.Calls[1]).Select(result => result.Text));
    }

    internal static ToolCallingAgent Agent(IReadOnlyList<Tool> tools, params ScriptedReply[] replies) => new(new ChatModel(new ScriptedChatClient(replies)), tools);

    internal static FunctionCallContent Call(string id, string name, string arguments) =>
        new(id, name, JsonElement.Parse(arguments).EnumerateObject().ToDictionary(item => item.Name, item => (object?)item.Value));

    internal static IReadOnlyList<(string Id, string? Text, string? Error)> Results(ScriptedCall call) =>
        [.. call.Messages.Where(message => message.Role == ChatRole.Tool)
            .Select(message => (FunctionResultContent)message.Contents.Single())
            .Select(result => (result.CallId, result.Result as string, result.Exception?.Message))];
}
