using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Serving.Providers.OpenAi;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.OpenAi;

public sealed class ChatRequestTests
{
    private const string Answer = """{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}""";

    [Fact]
    public async Task Send_Text_WritesModelAndMessagesOnly()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.AskAsync();

        AssertJson("""{"model":"test-model","messages":[{"role":"user","content":"Hi"}]}""", provider.Body);
        Assert.Equal("/v1/chat/completions", provider.Call.Path);
        Assert.Equal("Bearer " + ScriptedProvider.Key, provider.Call.Headers["Authorization"]);
        Assert.Equal("application/json", provider.Call.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Send_Options_WritesEach()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.AskAsync(new ChatOptions
        {
            ModelId = "other",
            Instructions = "Be brief.",
            Temperature = 0.5f,
            TopP = 0.9f,
            TopK = 40,
            FrequencyPenalty = 0.25f,
            PresencePenalty = -1,
            Seed = 7,
            MaxOutputTokens = 100,
            StopSequences = ["END", "\n"],
            Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low },
            AdditionalProperties = new() { ["user"] = "u1", ["logit_bias"] = new Dictionary<string, int> { ["5"] = 1 }, ["store"] = null, ["seed"] = 8 },
        });

        AssertJson(
            """
            {"model":"other","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],"temperature":0.5,"top_p":0.9,"top_k":40,
            "frequency_penalty":0.25,"presence_penalty":-1,"max_completion_tokens":100,"stop":["END","\n"],"reasoning_effort":"low",
            "user":"u1","logit_bias":{"5":1},"store":null,"seed":8}
            """,
            provider.Body);
    }

    [Fact]
    public async Task Send_Conversation_WritesEveryKindOfMessage()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.AskAsync(
        [
            new(ChatRole.System, "Be kind."),
            new(ChatRole.User, "Wie heißt du? 😀 \ud800") { AuthorName = "ann" },
            new(ChatRole.Assistant, [new TextReasoningContent("hm"), new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Köln", ["days"] = 2 })]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", new { sun = true }), new FunctionResultContent("c2", "rain")]),
            new(ChatRole.Assistant, [new TextContent("It is "), new TextContent("sunny.")]),
            new(ChatRole.Assistant, [new ToolCallChunk { Index = 0, CallId = "c3", Name = "f", Arguments = "{\"a\":" }, new ToolCallChunk { Index = 0, Arguments = "1}" }]),
        ]);

        AssertJson(
            """
            [{"role":"system","content":"Be kind."},
            {"role":"user","name":"ann","content":"Wie heißt du? 😀 \ufffd"},
            {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Köln\",\"days\":2}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"{\"sun\":true}"},
            {"role":"tool","tool_call_id":"c2","content":"rain"},
            {"role":"assistant","content":"It is sunny."},
            {"role":"assistant","tool_calls":[{"id":"c3","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}]
            """,
            provider.Body["messages"]);
    }

    [Fact]
    public async Task Send_Parts_WritesTextImagesSoundAndFiles()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.AskAsync([new ChatMessage(ChatRole.User,
        [
            new TextContent("Look"),
            new DataContent(new byte[] { 1, 2, 3 }, "image/png"),
            new UriContent("https://example.org/a.png?x=1", "image/png") { AdditionalProperties = new() { ["detail"] = "low" } },
            new DataContent(new byte[] { 1, 2, 3 }, "audio/mpeg"),
            new DataContent(new byte[] { 1, 2, 3 }, "application/pdf") { Name = "a.pdf" },
            new HostedFileContent("file-1"),
            new AIContent { RawRepresentation = JsonSerializer.SerializeToElement(new { type = "new" }) },
        ])]);

        AssertJson(
            """
            [{"type":"text","text":"Look"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}},
            {"type":"image_url","image_url":{"url":"https://example.org/a.png?x=1","detail":"low"}},
            {"type":"input_audio","input_audio":{"data":"AQID","format":"mp3"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AQID"}},
            {"type":"file","file":{"file_id":"file-1"}},
            {"type":"new"}]
            """,
            provider.Body["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task Send_Tools_WritesThemAndTheChoice()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var function = AIFunctionFactory.CreateDeclaration("weather", "Tells the weather.", JsonSerializer.SerializeToElement(new { type = "object" }));

        await provider.AskAsync(new ChatOptions { Tools = [function], ToolMode = ChatToolMode.RequireSpecific("weather"), AllowMultipleToolCalls = false });

        AssertJson("""[{"type":"function","function":{"name":"weather","description":"Tells the weather.","parameters":{"type":"object"}}}]""", provider.Body["tools"]);
        AssertJson("""{"type":"function","function":{"name":"weather"}}""", provider.Body["tool_choice"]);
        AssertJson("false", provider.Body["parallel_tool_calls"]);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("none")]
    [InlineData("required")]
    public async Task Send_ToolMode_IsWrittenByItsName(string choice)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var mode = choice switch { "auto" => ChatToolMode.Auto, "none" => (ChatToolMode)ChatToolMode.None, _ => ChatToolMode.RequireAny };

        await provider.AskAsync(new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")], ToolMode = mode });

        Assert.Equal(choice, (string?)provider.Body["tool_choice"]);
    }

    [Fact]
    public async Task Send_ResponseFormat_IsWritten()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var schema = JsonSerializer.SerializeToElement(new { type = "object" });

        await provider.AskAsync(new ChatOptions { ResponseFormat = ChatResponseFormat.Json });
        await provider.AskAsync(new ChatOptions
        {
            ResponseFormat = ChatResponseFormat.ForJsonSchema(schema, "answer", "An answer."),
            AdditionalProperties = new() { ["strict"] = true },
        });

        var bodies = provider.Calls.Select(call => call.Body).ToList();
        AssertJson("""{"type":"json_object"}""", bodies[0]["response_format"]);
        AssertJson("""{"type":"json_schema","json_schema":{"name":"answer","description":"An answer.","schema":{"type":"object"},"strict":true}}""", bodies[1]["response_format"]);
        Assert.Null(bodies[1]["strict"]);
    }

    [Fact]
    public async Task Send_Dialects_DifferAsTheySay()
    {
        await using var provider = await ScriptedProvider.StreamingAsync("data: [DONE]\n\n");
        var options = new ChatOptions { MaxOutputTokens = 5 };

        foreach (var dialect in new[] { OpenAiDialect.OpenAi, OpenAiDialect.AzureOpenAi, OpenAiDialect.Mistral, OpenAiDialect.Cohere, OpenAiDialect.Compatible })
            await provider.StreamAsync(options, dialect);

        var calls = provider.Calls.ToList();
        Assert.Equal("""{"include_usage":true}""", calls[0].Body["stream_options"]!.ToJsonString());
        Assert.Equal(5, (int?)calls[0].Body["max_completion_tokens"]);
        Assert.Equal("/v1/openai/deployments/test-model/chat/completions?api-version=2024-10-21", calls[1].Path);
        Assert.Equal(ScriptedProvider.Key, calls[1].Headers["api-key"]);
        Assert.False(calls[1].Headers.ContainsKey("Authorization"));
        Assert.All(calls[2..4], call => Assert.Null(call.Body["stream_options"]));
        Assert.All(calls[2..], call => Assert.Equal(5, (int?)call.Body["max_tokens"]));
        Assert.All(calls, call => Assert.True((bool?)call.Body["stream"]));
    }

    [Fact]
    public async Task Send_KeyChanges_SendsTheNewOne()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var key = "first";
        var client = provider.Client(key: () => key);

        await client.GetResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken);
        key = "second\n";
        await client.GetResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["Bearer first", "Bearer second"], provider.Calls.Select(call => call.Headers["Authorization"]));
    }

    [Fact]
    public async Task Send_CompatibleWithoutKey_SendsNone()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        await provider.Client(OpenAiDialect.Compatible, () => null).GetResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(provider.Call.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Send_WhatCannotBeWritten_IsRefusedWithItsName()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);

        var link = await Assert.ThrowsAsync<InvalidInputException>(() => provider.AskAsync([new ChatMessage(ChatRole.User, [new UriContent("https://example.org/a.pdf", "application/pdf")])]));
        var tool = await Assert.ThrowsAsync<InvalidInputException>(() => provider.AskAsync(new ChatOptions { Tools = [new HostedWebSearchTool()] }));
        var field = await Assert.ThrowsAsync<InvalidInputException>(() => provider.AskAsync(new ChatOptions { AdditionalProperties = new() { ["stream"] = true } }));
        await Assert.ThrowsAsync<InvalidInputException>(() => provider.AskAsync(new ChatOptions { ConversationId = "c" }));
        await Assert.ThrowsAsync<InvalidInputException>(() => provider.AskAsync([new ChatMessage(ChatRole.Tool, "result")]));
        await Assert.ThrowsAsync<InvalidInputException>(() => provider.AskAsync([new ChatMessage(ChatRole.Tool, [])]));

        Assert.Contains("application/pdf", link.Message);
        Assert.Contains("web_search", tool.Message);
        Assert.Contains("'stream'", field.Message);
        Assert.Empty(provider.Calls);
    }

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, was {actual?.ToJsonString()}");
}
