using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Tests.Chat;

public sealed class MessageShapeTests
{
    private static string[] Errors(string json)
    {
        Assert.False(JsonShape.For<ChatMessage>().TryRead(JsonElement.Parse(json), out _, out var errors));
        return [.. errors!.Select(error => $"{string.Join('.', error.Location)} {error.Type}")]; // false says there are some
    }

    [Theory]
    [InlineData("human", "HumanMessage")]
    [InlineData("ai", "AIMessage")]
    [InlineData("system", "SystemMessage")]
    [InlineData("chat", "ChatMessage")]
    [InlineData("tool", "ToolMessage")]
    [InlineData("function", "FunctionMessage")]
    [InlineData("HumanMessageChunk", "HumanMessageChunk")]
    [InlineData("AIMessageChunk", "AIMessageChunk")]
    [InlineData("SystemMessageChunk", "SystemMessageChunk")]
    [InlineData("ChatMessageChunk", "ChatMessageChunk")]
    [InlineData("ToolMessageChunk", "ToolMessageChunk")]
    [InlineData("FunctionMessageChunk", "FunctionMessageChunk")]
    public void Read_EveryType_IsKept(string type, string className)
    {
        var json = $$"""{"type":"{{type}}","content":"x","role":"r","name":"n","tool_call_id":"c"}""";
        var message = (ChatMessage)JsonShape.For<ChatMessage>().Read(JsonElement.Parse(json))!;
        Assert.Equal(type, MessageType.Of(message));
        Assert.Equal(className, MessageType.ClassName(message));
    }

    [Theory]
    [InlineData("""{"type":"alien","content":"x"}""", " union_tag_invalid")]
    [InlineData("""{"type":"MessageChunk","content":"x"}""", " union_tag_invalid")]
    [InlineData("""{"content":"x"}""", "type missing")]
    [InlineData("""{"type":5,"content":"x"}""", "type missing")]
    [InlineData("""{"type":"human"}""", "content missing")]
    [InlineData("""{"type":"human","content":5}""", "content string_type")]
    [InlineData("""{"type":"human","content":[5]}""", "content string_type")]
    [InlineData("""{"type":"tool","content":"x"}""", "tool_call_id missing")]
    [InlineData("""{"type":"chat","content":"x"}""", "role missing")]
    [InlineData("""{"type":"function","content":"x"}""", "name missing")]
    [InlineData("""{"type":"human","content":"x","id":5}""", "id string_type")]
    [InlineData("""{"type":"human","content":"x","additional_kwargs":[]}""", "additional_kwargs dict_type")]
    [InlineData("""{"type":"ai","content":"x","tool_calls":[5]}""", "tool_calls list_type")]
    [InlineData("""["human"]""", " model_attributes_type")]
    [InlineData("\"x\"", " model_attributes_type")]
    public void Read_Misfit_TellsThePlace(string json, string expected) => Assert.Equal([expected], Errors(json));

    [Fact]
    public void Read_SeveralProblems_AreAllTold() =>
        Assert.Equal(["content missing", "tool_call_id missing", "name string_type"], Errors("""{"type":"tool","name":5}"""));

    [Fact]
    public void ToSchema_Message_DefinesEveryType()
    {
        var schema = JsonShape.For<ChatMessage>().ToSchema();
        Assert.Equal(12, schema["oneOf"]!.AsArray().Count);
        Assert.Equal(12, schema["$defs"]!.AsObject().Count);
    }
}
