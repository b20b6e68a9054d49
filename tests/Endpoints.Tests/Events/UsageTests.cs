using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Serving.Endpoints.Options;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Endpoints.Tests.Events;

/// <summary>The tokens of a model, on every way to a client.</summary>
public sealed class UsageTests
{
    private const string Input = """{"input": {"topic": "x"}}""";

    private const string DraftUsage =
        """{"input_tokens":1000,"output_tokens":200,"total_tokens":1200,"input_token_details":{"cache_creation":100,"cache_read":300},"output_token_details":{"reasoning":150}}""";

    private const string FinalUsage = """{"input_tokens":30,"output_tokens":4,"total_tokens":34}""";

    private static readonly UsageDetails Draft = new()
    {
        InputTokenCount = 1_000,
        CachedInputTokenCount = 300,
        OutputTokenCount = 200,
        ReasoningTokenCount = 150,
        TotalTokenCount = 1_200,
        AdditionalCounts = new() { [UsageCounts.CacheWrite] = 100 },
    };

    private static readonly Runnable<ChainValues, AssistantMessage> One = Prompt("Draft {topic}").Pipe(Model("draft", Draft));

    private static readonly Runnable<ChainValues, AssistantMessage> Two = One
        .Pipe(Runnable.Lambda<AssistantMessage, ChainValues>("again", draft => ChainValues.Of("draft", draft.Text)))
        .Pipe(Prompt("Improve {draft}"))
        .Pipe(Model("final", new UsageDetails { InputTokenCount = 30, OutputTokenCount = 4 }));

    [Fact]
    public async Task Invoke_Message_CarriesItsUsage()
    {
        await using var app = await StartAsync(One);
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/chat/invoke", Input);

        Assert.Equal(DraftUsage, UsageOf(json.GetProperty("output")));
    }

    [Fact]
    public async Task Invoke_TwoModels_CallbackEventsTellEachModelsUsage()
    {
        await using var app = await StartAsync(Two, options => options.IncludeCallbackEvents = true);
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/chat/invoke", Input);

        Assert.Equal(FinalUsage, UsageOf(json.GetProperty("output")));
        Assert.Equal(
            [DraftUsage, FinalUsage],
            json.GetProperty("callback_events").EnumerateArray()
                .Where(e => e.GetProperty("type").GetString() == "on_llm_end")
                .Select(e => UsageOf(e.GetProperty("response").GetProperty("generations")[0][0].GetProperty("message"))));
    }

    [Fact]
    public async Task Batch_Messages_CarryTheirUsage()
    {
        await using var app = await StartAsync(One);
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/chat/batch", """{"inputs": [{"topic": "x"}, {"topic": "y"}]}""");

        Assert.Equal([DraftUsage, DraftUsage], json.GetProperty("output").EnumerateArray().Select(UsageOf));
    }

    [Fact]
    public async Task Stream_Pieces_CarryTheUsageOnceAtTheEnd()
    {
        await using var app = await StartAsync(One);
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/chat/stream", Input);

        string?[] usages = [.. events.Where(e => e.Name == "data").Select(e => UsageOf(e.Json))];
        Assert.Equal(4, usages.Length);
        Assert.All(usages.SkipLast(1), Assert.Null);
        Assert.Equal(DraftUsage, usages[^1]);
    }

    [Theory]
    [InlineData(StreamEventsVersion.V1)]
    [InlineData(StreamEventsVersion.V2)]
    public async Task StreamEvents_TwoModels_TellEachModelsUsageThatAddsUpToTheRuns(StreamEventsVersion version)
    {
        await using var app = await StartAsync(Two, options => options.StreamEventsVersion = version);
        using var client = app.CreateClient();

        JsonElement[] events = [.. (await client.StreamAsync("/chat/stream_events", Input)).Where(e => e.Name == "data").Select(e => e.Json)];

        string[] ends = [.. events.Where(e => Event(e) == "on_chat_model_end").Select(e => UsageOf(MessageOf(e.GetProperty("data").GetProperty("output")))).OfType<string>()];
        Assert.Equal([DraftUsage, FinalUsage], ends);
        Assert.Equal(
            ends,
            events.Where(e => Event(e) == "on_chat_model_stream").Select(e => UsageOf(e.GetProperty("data").GetProperty("chunk"))).OfType<string>());
        Assert.Equal(1_234, ends.Sum(usage => JsonElement.Parse(usage).GetProperty("total_tokens").GetInt32()));
    }

    [Fact]
    public async Task StreamLog_Message_CarriesItsUsage()
    {
        await using var app = await StartAsync(One);
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/chat/stream_log", Input);

        var last = events.Where(e => e.Name == "data").SelectMany(e => e.Json.GetProperty("ops").EnumerateArray()).Last(op => op.GetProperty("path").GetString() == "/final_output");
        Assert.Equal(DraftUsage, UsageOf(last.GetProperty("value")));
    }

    [Fact]
    public async Task Invoke_ModelThatTellsNoUsage_HasNone()
    {
        await using var app = await StartAsync(Prompt("{topic}").Pipe(new ChatModel(ScriptedChatClient.Replying("Hi"))));
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/chat/invoke", Input);

        Assert.Equal(JsonValueKind.Null, json.GetProperty("output").GetProperty("usage_metadata").ValueKind);
    }

    private static ChatPromptTemplate Prompt(string text) => ChatPromptTemplate.FromMessages(("human", text));

    private static ChatModel Model(string name, UsageDetails usage) =>
        new(new ScriptedChatClient(ScriptedReply.Words("Hi you") with { Usage = usage, FinishReason = ChatFinishReason.Stop, ModelId = name }), name);

    private static string? Event(JsonElement e) => e.GetProperty("event").GetString();

    private static JsonElement MessageOf(JsonElement output) =>
        output.TryGetProperty("generations", out var generations) ? generations[0][0].GetProperty("message") : output;

    private static string? UsageOf(JsonElement message)
    {
        var usage = message.GetProperty("usage_metadata");
        return usage.ValueKind == JsonValueKind.Null ? null : usage.GetRawText();
    }

    private static Task<WebApplication> StartAsync(Runnable<ChainValues, AssistantMessage> chain, Action<ChainOptions>? configure = null) =>
        TestHost.StartAsync(null, app => app.MapRunnable("/chat", chain, configure));
}
