using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Schemas;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Tests.Serialization;

public sealed class MessageJsonTests
{
    private static ChatMessage Read(string json) => (ChatMessage)JsonShape.For<ChatMessage>().Read(JsonElement.Parse(json))!;

    private static string Write(object message) => JsonSerializer.Serialize(message, message.GetType(), RuntimeJson.Options);

    private static void AssertSame(string expected, string actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);

    public static TheoryData<string, string> WireForms() => new()
    {
        { "human", """{"content":"yo","additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null,"example":false}""" },
        { "ai", """{"content":"hi","additional_kwargs":{"a":1},"response_metadata":{"m":"x"},"type":"ai","name":"bob","id":"m1","example":false,"tool_calls":[],"invalid_tool_calls":[],"usage_metadata":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}""" },
        { "tool calls", """{"content":"","additional_kwargs":{},"response_metadata":{},"type":"ai","name":null,"id":null,"example":false,"tool_calls":[{"name":"f","args":{"x":1},"id":"call_1","type":"tool_call"}],"invalid_tool_calls":[],"usage_metadata":null}""" },
        { "invalid tool calls", """{"content":"","additional_kwargs":{},"response_metadata":{},"type":"ai","name":null,"id":null,"example":false,"tool_calls":[],"invalid_tool_calls":[{"name":"f","args":"{","id":"c","error":"bad","type":"invalid_tool_call"}],"usage_metadata":null}""" },
        { "blocks", """{"content":[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"data:,"}}],"additional_kwargs":{},"response_metadata":{},"type":"ai","name":null,"id":null,"example":false,"tool_calls":[],"invalid_tool_calls":[],"usage_metadata":null}""" },
        { "odd blocks", """{"content":["plain",{"type":"image_url","image_url":"https://example.com/a.png"},{"type":"input_audio","data":"x"}],"additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null,"example":true}""" },
        { "system", """{"content":"sys","additional_kwargs":{},"response_metadata":{},"type":"system","name":null,"id":null}""" },
        { "chat", """{"content":"c","additional_kwargs":{},"response_metadata":{},"type":"chat","name":null,"id":null,"role":"moderator"}""" },
        { "chat of a known role", """{"content":"c","additional_kwargs":{},"response_metadata":{},"type":"chat","name":null,"id":null,"role":"user"}""" },
        { "function", """{"content":"fr","additional_kwargs":{},"response_metadata":{},"type":"function","name":"f","id":null}""" },
        { "tool", """{"content":"tr","additional_kwargs":{},"response_metadata":{},"type":"tool","name":null,"id":null,"tool_call_id":"call_1","artifact":{"z":1},"status":"success"}""" },
        { "failed tool", """{"content":"tr","additional_kwargs":{},"response_metadata":{},"type":"tool","name":"f","id":"1","tool_call_id":"call_1","artifact":null,"status":"error"}""" },
        { "tool with blocks", """{"content":[{"type":"text","text":"a"}],"additional_kwargs":{},"response_metadata":{},"type":"tool","name":null,"id":null,"tool_call_id":"c","artifact":null,"status":"success"}""" },
        { "ai chunk", """{"content":"ch","additional_kwargs":{},"response_metadata":{},"type":"AIMessageChunk","name":null,"id":null,"example":false,"tool_calls":[{"name":"f","args":{},"id":"call_1","type":"tool_call"}],"invalid_tool_calls":[],"usage_metadata":null,"tool_call_chunks":[{"name":"f","args":"{\"x\":","id":"call_1","index":0,"type":"tool_call_chunk"}]}""" },
        { "human chunk", """{"content":"c","additional_kwargs":{},"response_metadata":{},"type":"HumanMessageChunk","name":null,"id":null,"example":false}""" },
        { "system chunk", """{"content":"c","additional_kwargs":{},"response_metadata":{},"type":"SystemMessageChunk","name":null,"id":null}""" },
        { "chat chunk", """{"content":"c","additional_kwargs":{},"response_metadata":{},"type":"ChatMessageChunk","name":null,"id":null,"role":"moderator"}""" },
        { "function chunk", """{"content":"c","additional_kwargs":{},"response_metadata":{},"type":"FunctionMessageChunk","name":"f","id":null}""" },
        { "tool chunk", """{"content":"c","additional_kwargs":{},"response_metadata":{},"type":"ToolMessageChunk","name":null,"id":null,"tool_call_id":"c1","artifact":null,"status":"success"}""" },
        { "extra fields", """{"content":"x","additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null,"example":false,"mood":{"level":[1,2.5,"é"]},"flag":true}""" },
    };

    [Theory]
    [MemberData(nameof(WireForms))]
    public void RoundTrip_WireForm_ComesOutAsItCameIn(string form, string json)
    {
        Assert.NotEmpty(form);
        AssertSame(json, Write(Read(json)));
    }

    [Theory]
    [InlineData("""{"content":"x","type":"ai"}""")]
    [InlineData("""{"content":"x","type":"AIMessageChunk"}""")]
    [InlineData("""{"content":"x","type":"ai","tool_calls":[{"name":"f","args":{"x":1},"id":"c"}],"usage_metadata":{"input_tokens":1,"output_tokens":2,"total_tokens":3},"extra":1}""")]
    public void RoundTrip_AsAssistantMessage_IsTheSame(string json) =>
        AssertSame(Write(Read(json)), Write(AssistantMessage.From(Read(json))));

    [Theory]
    [InlineData("""{"type":"generic","content":"x","role":"r"}""", """{"content":"x","additional_kwargs":{},"response_metadata":{},"type":"chat","name":null,"id":null,"role":"r"}""")]
    [InlineData("""{"role":"user","content":"x"}""", """{"content":"x","additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null,"example":false}""")]
    [InlineData("""{"role":"developer","content":"x"}""", """{"content":"x","additional_kwargs":{},"response_metadata":{},"type":"system","name":null,"id":null}""")]
    [InlineData("""["human","x"]""", """{"content":"x","additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null,"example":false}""")]
    public void Read_OtherForms_AreTaken(string json, string expected) => AssertSame(expected, Write(Read(json)));

    [Fact]
    public void Read_Contents_BecomeWhatModelsTake()
    {
        var message = Read("""{"type":"human","content":["a",{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"image_url","image_url":"https://example.com/a.png"}]}""");
        Assert.Equal("ab", message.Text);
        Assert.Equal("image/png", Assert.Single(message.Contents.OfType<DataContent>()).MediaType);
        Assert.Equal("https://example.com/a.png", Assert.Single(message.Contents.OfType<UriContent>()).Uri.ToString());
        var result = Assert.IsType<FunctionResultContent>(Assert.Single(Read("""{"type":"tool","content":"r","tool_call_id":"c"}""").Contents));
        Assert.Equal(("c", "r"), (result.CallId, result.Result));
        var call = Assert.Single(Read("""{"type":"ai","content":"","tool_calls":[{"name":"f","args":{"x":1,"x":2},"id":"c"}]}""").Contents.OfType<FunctionCallContent>());
        Assert.Equal(("f", "c", "2"), (call.Name, call.CallId, call.Arguments!["x"]!.ToString()));
    }

    [Fact]
    public void Read_EmptyText_AddsNoWordsBeforeCalls() =>
        Assert.Equal("", Read("""{"type":"ai","content":"","tool_calls":[{"name":"f","args":{},"id":"c"}]}""").Text);

    [Fact]
    public void Write_ModelsOwnMessages_HaveTheWireForm()
    {
        var message = new AssistantMessage([new TextContent("a"), new FunctionCallContent("c", "f", new Dictionary<string, object?> { ["x"] = 1 }), new UsageContent(new UsageDetails { InputTokenCount = 1, OutputTokenCount = 2, CachedInputTokenCount = 3, ReasoningTokenCount = 4 })])
        {
            Id = "run--1-0",
            FinishReason = "stop",
            ModelId = "m",
        };
        AssertSame(
            """{"content":"a","additional_kwargs":{},"response_metadata":{"finish_reason":"stop","model_name":"m"},"type":"ai","name":null,"id":"run--1-0","example":false,"tool_calls":[{"name":"f","args":{"x":1},"id":"c","type":"tool_call"}],"invalid_tool_calls":[],"usage_metadata":{"input_tokens":1,"output_tokens":2,"total_tokens":3,"input_token_details":{"cache_read":3},"output_token_details":{"reasoning":4}}}""",
            Write(message));
    }

    [Fact]
    public void Write_ToolCallWithBrokenArguments_HasWhatCame()
    {
        var message = new AssistantMessage([new ToolCallChunk { Name = "f", CallId = "c", Index = 0, Arguments = "{\"x\":1,\"y\":\"ab" }]) { IsChunk = true };
        using var json = JsonDocument.Parse(Write(message));
        Assert.Equal("""{"x":1,"y":"ab"}""", json.RootElement.GetProperty("tool_calls")[0].GetProperty("args").GetRawText());
    }

    [Fact]
    public void Write_ToolCallThatCouldNotBeRead_IsAnInvalidOne()
    {
        var message = new AssistantMessage([new FunctionCallContent("c", "f") { RawRepresentation = "{x", Exception = new JsonException("secret place") }]);
        using var json = JsonDocument.Parse(Write(message));
        Assert.Equal(0, json.RootElement.GetProperty("tool_calls").GetArrayLength());
        Assert.Equal(
            """{"name":"f","args":"{x","id":"c","error":"The arguments are no JSON object.","type":"invalid_tool_call"}""",
            json.RootElement.GetProperty("invalid_tool_calls")[0].GetRawText());
    }

    [Fact]
    public void Write_ToolResultThatIsNoText_IsItsJson()
    {
        var message = new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c", new { A = 1 })]);
        using var json = JsonDocument.Parse(Write(message));
        Assert.Equal("{\"a\":1}", json.RootElement.GetProperty("content").GetString());
    }

    [Fact]
    public void Write_ImagesAmongTexts_AreBlocks()
    {
        var message = new ChatMessage(ChatRole.User, [new TextContent("look"), new UriContent("https://example.com/a.png", "image/png")]);
        using var json = JsonDocument.Parse(Write(message));
        Assert.Equal(
            """[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]""",
            json.RootElement.GetProperty("content").GetRawText());
    }
}
