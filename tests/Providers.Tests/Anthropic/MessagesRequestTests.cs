using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Anthropic;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using static Serving.Providers.Tests.ChatClientCalls;

namespace Serving.Providers.Tests.Anthropic;

public sealed class MessagesRequestTests
{
    private const string Answer = """{"id":"m1","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}""";

    [Fact]
    public async Task Send_Text_WritesModelLimitAndMessagesOnly()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.Anthropic().AskAsync();

        AssertJson("""{"model":"test-model","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}""", provider.Body);
        Assert.Equal("/v1/messages", provider.Call.Path);
        Assert.Equal(ScriptedProvider.Key, provider.Call.Headers["x-api-key"]);
        Assert.Equal("2023-06-01", provider.Call.Headers["anthropic-version"]);
        Assert.False(provider.Call.Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("", "/v1/messages")]
    [InlineData("/", "/v1/messages")]
    [InlineData("/v1/", "/v1/messages")]
    [InlineData("/gateway", "/gateway/v1/messages")]
    [InlineData("/gateway/v1", "/gateway/v1/messages")]
    public async Task Send_BaseUrl_MayEndInItsVersion(string path, string expected)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.Anthropic(options => options with { BaseUrl = new Uri(provider.BaseUrl.GetLeftPart(UriPartial.Authority) + path) }).AskAsync();

        Assert.Equal(expected, provider.Call.Path);
    }

    [Fact]
    public async Task Send_Options_WritesEach()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.Anthropic().AskAsync(new ChatOptions
        {
            ModelId = "other",
            Instructions = "Be brief.",
            Temperature = 0.5f,
            TopP = 0.25f,
            TopK = 40,
            MaxOutputTokens = 100,
            StopSequences = ["END", "\n"],
            Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low, Output = ReasoningOutput.Summary },
            AdditionalProperties = new() { ["service_tier"] = "auto", ["metadata"] = new Dictionary<string, string> { ["user_id"] = "u" }, ["top_k"] = 5 },
        });

        AssertJson(
            """
            {"model":"other","max_tokens":100,"system":[{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],
            "temperature":0.5,"top_p":0.25,"stop_sequences":["END","\n"],"thinking":{"type":"adaptive","display":"summarized"},
            "output_config":{"effort":"low"},"service_tier":"auto","metadata":{"user_id":"u"},"top_k":5}
            """,
            provider.Body);
    }

    [Fact]
    public async Task Send_Conversation_WritesTurns()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.Anthropic().AskAsync(
            null,
            new(ChatRole.System, "Be kind."),
            new(ChatRole.User, "Wie heißt du? 😀"),
            new(ChatRole.Assistant, [new TextContent(""), new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Köln" }), new FunctionCallContent("c2", "clock")]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", new { sun = true })]),
            new(ChatRole.Tool, [new FunctionResultContent("c2", null) { Exception = new InvalidOperationException("secret") }]),
            new(ChatRole.System, "Be brief."),
            new(ChatRole.Assistant, [new ToolCallChunk { Index = 0, CallId = "c3", Name = "f", Arguments = "{\"a\":" }, new ToolCallChunk { Index = 0, Arguments = "1}" }]));

        AssertJson("""[{"type":"text","text":"Be kind."},{"type":"text","text":"Be brief."}]""", provider.Body["system"]);
        AssertJson(
            """
            [{"role":"user","content":[{"type":"text","text":"Wie heißt du? 😀"}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"weather","input":{"city":"Köln"}},{"type":"tool_use","id":"c2","name":"clock","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"{\"sun\":true}"},
            {"type":"tool_result","tool_use_id":"c2","is_error":true,"content":"Error: the tool failed."}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"c3","name":"f","input":{"a":1}}]}]
            """,
            provider.Body["messages"]);
    }

    [Fact]
    public async Task Send_Parts_WritesTextImagesAndDocuments()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.Anthropic().AskAsync(null, new ChatMessage(ChatRole.User,
        [
            new TextContent("Look"),
            new DataContent(new byte[] { 1, 2, 3 }, "image/png"),
            new UriContent("https://example.org/a.png?x=1", "image/png"),
            new DataContent(new byte[] { 1, 2, 3 }, "application/pdf") { Name = "a.pdf" },
            new UriContent("https://example.org/a.pdf", "application/pdf"),
            new DataContent("Grüße"u8.ToArray(), "text/plain"),
            new AIContent { RawRepresentation = JsonSerializer.SerializeToElement(new { type = "new" }) },
        ]));

        AssertJson(
            """
            [{"type":"text","text":"Look"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQID"}},
            {"type":"image","source":{"type":"url","url":"https://example.org/a.png?x=1"}},
            {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AQID"},"title":"a.pdf"},
            {"type":"document","source":{"type":"url","url":"https://example.org/a.pdf"}},
            {"type":"document","source":{"type":"text","media_type":"text/plain","data":"Grüße"}},
            {"type":"new"}]
            """,
            provider.Body["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task Send_Tools_WritesThem()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var function = AIFunctionFactory.CreateDeclaration("weather", "Tells the weather.", JsonSerializer.SerializeToElement(new { type = "object" }));

        await provider.Anthropic().AskAsync(new ChatOptions { Tools = [function] });

        AssertJson("""[{"name":"weather","description":"Tells the weather.","input_schema":{"type":"object"}}]""", provider.Body["tools"]);
        Assert.Null(provider.Body["tool_choice"]);
    }

    [Theory]
    [InlineData("auto", null, """{"type":"auto"}""")]
    [InlineData("none", false, """{"type":"none"}""")]
    [InlineData("any", true, """{"type":"any","disable_parallel_tool_use":false}""")]
    [InlineData("tool", false, """{"type":"tool","name":"one","disable_parallel_tool_use":true}""")]
    [InlineData(null, false, """{"type":"auto","disable_parallel_tool_use":true}""")]
    public async Task Send_ToolMode_IsWritten(string? choice, bool? several, string expected)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var mode = choice switch { null => null, "auto" => ChatToolMode.Auto, "none" => ChatToolMode.None, "any" => ChatToolMode.RequireAny, _ => (ChatToolMode)ChatToolMode.RequireSpecific("one") };

        await provider.Anthropic().AskAsync(new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")], ToolMode = mode, AllowMultipleToolCalls = several });

        AssertJson(expected, provider.Body["tool_choice"]);
    }

    [Fact]
    public async Task Send_JsonSchema_ClosesItsObjects()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var schema = JsonSerializer.SerializeToElement(new { type = "object", properties = new { inner = new { type = "object", properties = new { x = new { type = "string" } } } } });

        await provider.Anthropic().AskAsync(new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema), AdditionalProperties = new() { ["strict"] = true } });

        AssertJson(
            """
            {"format":{"type":"json_schema","schema":{"type":"object","properties":{"inner":{"type":"object","properties":{"x":{"type":"string"}},"additionalProperties":false}},"additionalProperties":false}}}
            """,
            provider.Body["output_config"]);
        Assert.Null(provider.Body["strict"]);
    }

    [Fact]
    public async Task Send_Thinking_GoesBackAsItCame()
    {
        await using var provider = await ScriptedProvider.StreamingAsync(EventStreamTests.Whole);
        var client = provider.Anthropic();
        var sum = new List<AssistantMessage>();
        await foreach (var piece in new ChatModel(client).StreamAsync("Hi", TestContext.Current.CancellationToken))
            sum.Add(piece);
        var folded = AssistantMessage.Concat(sum).ToChatMessage();
        var coalesced = (await client.StreamAsync()).ToChatResponse().Messages[0];

        await client.GetStreamingResponseAsync([folded], cancellationToken: TestContext.Current.CancellationToken).ToChatResponseAsync(TestContext.Current.CancellationToken);
        await client.GetStreamingResponseAsync([coalesced], cancellationToken: TestContext.Current.CancellationToken).ToChatResponseAsync(TestContext.Current.CancellationToken);

        foreach (var call in provider.Calls.Skip(2))
        {
            AssertJson(
                """
                [{"type":"thinking","thinking":"Let me think","signature":"c2ln"},{"type":"redacted_thinking","data":"EmwK"},{"type":"text","text":"Hello"},
                {"type":"tool_use","id":"t1","name":"weather","input":{"city":"Bonn"}},{"type":"tool_use","id":"t2","name":"clock","input":{}}]
                """,
                call.Body["messages"]![0]!["content"]);
        }
    }

    [Fact]
    public async Task Send_ThinkingOfAnother_IsLeftOut()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.Anthropic().AskAsync(null, new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("A"), new UsageContent()]), new ChatMessage(ChatRole.User, "Hi"));

        AssertJson("""[{"type":"text","text":"A"}]""", provider.Body["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task Send_WhatCannotBeWritten_IsRefusedWithItsName()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var client = provider.Anthropic();

        await AssertRefusedAsync("seed", new ChatOptions { Seed = 1 });
        await AssertRefusedAsync("frequency penalty", new ChatOptions { FrequencyPenalty = 1 });
        await AssertRefusedAsync("presence penalty", new ChatOptions { PresencePenalty = 1 });
        await AssertRefusedAsync("conversation", new ChatOptions { ConversationId = "c" });
        await AssertRefusedAsync("JSON without a schema", new ChatOptions { ResponseFormat = ChatResponseFormat.Json });
        await AssertRefusedAsync("web_search", new ChatOptions { Tools = [new HostedWebSearchTool()] });
        await AssertRefusedAsync("'stream'", new ChatOptions { AdditionalProperties = new() { ["stream"] = true } });
        await AssertRefusedAsync("audio/mpeg", null, new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "audio/mpeg")]));
        await AssertRefusedAsync("video/mp4", null, new ChatMessage(ChatRole.User, [new UriContent("https://example.org/a.mp4", "video/mp4")]));
        await AssertRefusedAsync("HostedFileContent", null, new ChatMessage(ChatRole.User, [new HostedFileContent("f")]));
        await AssertRefusedAsync("'critic'", null, new ChatMessage(new ChatRole("critic"), "No."));
        await AssertRefusedAsync("'tool'", null, new ChatMessage(ChatRole.Tool, "result"));
        Assert.Empty(provider.Calls);

        async Task AssertRefusedAsync(string name, ChatOptions? options, params ChatMessage[] messages) =>
            Assert.Contains(name, (await Assert.ThrowsAsync<InvalidInputException>(() => client.AskAsync(options, messages))).Message);
    }

    [Fact]
    public async Task Send_SamplingInALaterVersion_IsRefusedWithItsName()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var client = provider.Anthropic(options => options with { Version = "2026-10-21" });

        foreach (var (name, options) in new[] { ("temperature", new ChatOptions { Temperature = 1 }), ("top-p", new ChatOptions { TopP = 1 }), ("top-k", new ChatOptions { TopK = 1 }) })
            Assert.Contains(name, (await Assert.ThrowsAsync<InvalidInputException>(() => client.AskAsync(options))).Message);
        Assert.Empty(provider.Calls);
        await client.AskAsync();
        Assert.Equal("2026-10-21", provider.Call.Headers["anthropic-version"]);
    }

    [Fact]
    public void Create_BaseUrlThatIsNone_NamesTheProvider()
    {
        using var http = new HttpClient();

        Assert.Contains("'anthropic'", Assert.Throws<ArgumentException>(() => new AnthropicChatClient(http, new AnthropicClientOptions { ModelId = "m", BaseUrl = new Uri("/v1", UriKind.Relative) })).Message);
    }
}
