using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Microsoft.Extensions.AI;
using Serving.Providers.Anthropic;
using Serving.Runtime.Chat;

namespace Serving.Providers.Tests.Anthropic;

/// <summary>
/// The official client, asked the same, sends the same and reads the same. What differs on purpose: it drops temperature, top-p, top-k, a seed and JSON
/// without a schema without a word, and whether one tool may be called at a time where no tool mode is set. And it raises its default limit with thinking.
/// </summary>
public sealed class OfficialClientTests
{
    private const string Answer =
        """
        {"id":"m1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"thinking","thinking":"Hm","signature":"c2ln"},
        {"type":"text","text":"Grüße 😀"},{"type":"tool_use","id":"t1","name":"weather","input":{"city":"Bonn"}}],"stop_reason":"tool_use","stop_sequence":null,
        "usage":{"input_tokens":25,"cache_creation_input_tokens":3,"cache_read_input_tokens":7,"output_tokens":15,"output_tokens_details":{"thinking_tokens":4}}}
        """;

    private static readonly JsonElement Schema = JsonElement.Parse(
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""");

    [Fact]
    public async Task Request_OfTheSameConversation_IsTheOfficialClients()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Be kind."),
            new(ChatRole.System, [new TextContent("Be brief."), new TextContent("Be right.")]),
            new(ChatRole.User, [new TextContent("Wie heißt du? 😀"), new DataContent(new byte[] { 1, 2, 3 }, "image/png"), new UriContent("https://example.org/a.png", "image/png"), new DataContent(new byte[] { 1, 2, 3 }, "application/pdf")]),
            new(ChatRole.Assistant, [new TextReasoningContent("hm") { ProtectedData = "c2ln" }, new TextContent("A"), new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Bonn" }), new FunctionCallContent("c2", "clock")]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "sunny"), new FunctionResultContent("c2", "noon")]),
            new(ChatRole.User, "And?"),
        ];

        await AssertSameAsync(messages, new ChatOptions
        {
            MaxOutputTokens = 2000,
            StopSequences = ["END"],
            Tools = [AIFunctionFactory.CreateDeclaration("weather", "Tells the weather.", Schema)],
            ToolMode = ChatToolMode.RequireSpecific("weather"),
            AllowMultipleToolCalls = false,
        });
    }

    public static TheoryData<string, ChatOptions?> Options() => new()
    {
        { "none", null },
        { "instructions", new ChatOptions { Instructions = "Be kind." } },
        { "schema", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema, "answer", "An answer.") } },
        { "text", new ChatOptions { ResponseFormat = ChatResponseFormat.Text } },
        { "no thinking", new ChatOptions { MaxOutputTokens = 9000, Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None } } },
        { "some thinking", new ChatOptions { MaxOutputTokens = 9000, Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low } } },
        { "much thinking, shown", new ChatOptions { MaxOutputTokens = 9000, Reasoning = new ReasoningOptions { Effort = ReasoningEffort.ExtraHigh, Output = ReasoningOutput.Full } } },
        { "thinking, hidden", new ChatOptions { MaxOutputTokens = 9000, Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Medium, Output = ReasoningOutput.None } } },
        { "thinking and schema", new ChatOptions { MaxOutputTokens = 9000, Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High }, ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema) } },
        { "auto", new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("f", "Does.", Schema)], ToolMode = ChatToolMode.Auto } },
        { "not called", new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("f", "Does.", Schema)], ToolMode = ChatToolMode.None } },
        { "any, several", new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("f", "Does.", Schema)], ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = true } },
    };

    [Theory]
    [MemberData(nameof(Options), DisableDiscoveryEnumeration = true)]
    public async Task Request_OfTheSameOptions_IsTheOfficialClients(string name, ChatOptions? options)
    {
        Assert.NotEmpty(name);
        await AssertSameAsync([new ChatMessage(ChatRole.User, "Hi")], options);
    }

    [Fact]
    public async Task Answer_Whole_IsReadTheSame()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        AssertSame(await Official(provider).AskAsync(), await Ours(provider).AskAsync());
    }

    [Fact]
    public async Task Answer_Streamed_IsReadTheSame()
    {
        await using var provider = await ScriptedProvider.StreamingAsync(EventStreamTests.Whole);

        var official = await Official(provider).StreamAsync();
        var ours = await Ours(provider).StreamAsync();

        AssertSameBodies(provider);
        var calls = AssistantMessage.Concat([.. ours.Select(update => new AssistantMessage([.. update.Contents]))]).ToolCalls;
        Assert.Equal(
            official.SelectMany(update => update.Contents.OfType<FunctionCallContent>()).Select(call => (call.CallId, call.Name)),
            calls.Select(call => (call.CallId, call.Name)));
        Assert.Equal(official.ToChatResponse().Text, ours.ToChatResponse().Text);
        Assert.Equal(official.ToChatResponse().FinishReason, ours.ToChatResponse().FinishReason);
        Assert.Equal(official.ToChatResponse().ResponseId, ours.ToChatResponse().ResponseId);
        var (theirs, sum) = (official.UsageOf(), ours.UsageOf());
        Assert.Equal(
            (theirs.InputTokenCount, theirs.OutputTokenCount, theirs.TotalTokenCount, theirs.CachedInputTokenCount),
            (sum.InputTokenCount, sum.OutputTokenCount, sum.TotalTokenCount, sum.CachedInputTokenCount));
    }

    private static AnthropicChatClient Ours(ScriptedProvider provider) => provider.Anthropic(options => options with { Version = "2026-10-21" });

    private static IChatClient Official(ScriptedProvider provider) =>
        new AnthropicClient { ApiKey = ScriptedProvider.Key, BaseUrl = provider.BaseUrl.GetLeftPart(UriPartial.Authority), MaxRetries = 0 }.AsIChatClient("test-model", 4096);

    private static async Task AssertSameAsync(ChatMessage[] messages, ChatOptions? options)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await Official(provider).AskAsync(options, messages);
        await Ours(provider).AskAsync(options, messages);

        AssertSameBodies(provider);
    }

    private static void AssertSameBodies(ScriptedProvider provider)
    {
        var calls = provider.Calls.ToList();
        Assert.Equal(2, calls.Count);
        Assert.Equal(calls[0].Path, calls[1].Path);
        Assert.Equal(calls[0].Headers["anthropic-version"], calls[1].Headers["anthropic-version"]);
        var official = JsonNode.Parse(calls[0].Body.ToJsonString().Replace("\"is_error\":false,", "", StringComparison.Ordinal));
        Assert.True(JsonNode.DeepEquals(official, calls[1].Body), $"Expected {official?.ToJsonString()}, was {calls[1].Body.ToJsonString()}");
    }

    private static void AssertSame(ChatResponse official, ChatResponse ours)
    {
        Assert.Equal((official.ResponseId, official.ModelId, official.FinishReason, official.Text), (ours.ResponseId, ours.ModelId, ours.FinishReason, ours.Text));
        Assert.Equal(official.Messages[0].Contents.Select(Describe), ours.Messages[0].Contents.Select(Describe));
        var (theirs, usage) = (official.Usage!, ours.Usage!); // both told
        Assert.Equal(
            (theirs.InputTokenCount, theirs.OutputTokenCount, theirs.TotalTokenCount, theirs.CachedInputTokenCount, theirs.ReasoningTokenCount),
            (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount, usage.CachedInputTokenCount, usage.ReasoningTokenCount));
        Assert.Equal(theirs.AdditionalCounts, usage.AdditionalCounts);
    }

    private static string Describe(AIContent content) => content switch
    {
        TextReasoningContent thinking => $"thinking {thinking.Text} {thinking.ProtectedData}",
        TextContent text => $"text {text.Text}",
        FunctionCallContent call => $"call {call.CallId} {call.Name} {JsonSerializer.Serialize(call.Arguments)}",
        _ => content.GetType().Name,
    };
}
