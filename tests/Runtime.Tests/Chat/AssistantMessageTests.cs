using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Runtime.Tests.Chat;

public sealed class AssistantMessageTests
{
    private static AssistantMessage Piece(params AIContent[] contents) => new(contents) { IsChunk = true, Id = "run--1" };

    [Fact]
    public void Concat_Texts_AreJoined()
    {
        var sum = AssistantMessage.Concat([Piece(new TextContent("a")), Piece(new TextContent("b")), new([new TextContent("c")]) { FinishReason = "stop", ModelId = "m" }]);
        Assert.Equal("abc", Assert.IsType<TextContent>(Assert.Single(sum.Contents)).Text);
        Assert.Equal(("run--1", "stop", "m", true), (sum.Id, sum.FinishReason, sum.ModelId, sum.IsChunk));
    }

    [Fact]
    public void Concat_ToolCallPieces_AreJoinedByIndex()
    {
        var sum = AssistantMessage.Concat(
        [
            Piece(new TextContent("t"), new ToolCallChunk { Name = "f", CallId = "c0", Index = 0, Arguments = "{\"x\"" }),
            Piece(new ToolCallChunk { Name = "g", CallId = "c1", Index = 1 }),
            Piece(new ToolCallChunk { Index = 0, Arguments = ":1}" }),
            Piece(new ToolCallChunk { Index = 1, Arguments = "{}" }),
        ]);
        Assert.Equal("t", sum.Text);
        Assert.Equal(["f:{\"x\":1}", "g:{}"], sum.Contents.OfType<ToolCallChunk>().Select(chunk => $"{chunk.Name}:{chunk.Arguments}"));
        Assert.Equal(["f/c0/1", "g/c1/"], sum.ToolCalls.Select(call => $"{call.Name}/{call.CallId}/{string.Join(',', call.Arguments!.Values)}"));
    }

    [Fact]
    public void Concat_Usage_IsSummed()
    {
        var sum = Piece(new UsageContent(new UsageDetails { InputTokenCount = 5 })).Add(Piece(new UsageContent(new UsageDetails { OutputTokenCount = 2 })));
        Assert.Equal((5L, 2L), (sum.Usage!.InputTokenCount, sum.Usage.OutputTokenCount));
        Assert.Single(sum.Contents);
    }

    [Fact]
    public void Concat_Reasoning_IsJoinedUpToItsSignature()
    {
        var kept = new TextReasoningContent("c") { AdditionalProperties = new() { ["of"] = "the provider" } };
        var sum = AssistantMessage.Concat(
        [
            Piece(new TextReasoningContent("a")), Piece(new TextReasoningContent("b") { ProtectedData = "s1" }), Piece(new TextReasoningContent("c")),
            Piece(new TextReasoningContent("") { ProtectedData = "s2" }), Piece(kept), Piece(new TextReasoningContent("d")), Piece(new TextContent("t")),
            Piece(new TextReasoningContent("e")), Piece(new ToolCallChunk { Index = 0 }),
        ]);
        Assert.Equal(
            ["ab/s1", "c/s2", "c/", "d/", "t", "e/", "ToolCallChunk"],
            sum.Contents.Select(content => content is TextReasoningContent part ? $"{part.Text}/{part.ProtectedData}" : (content as TextContent)?.Text ?? content.GetType().Name));
        Assert.Same(kept, sum.Contents[2]);
    }

    [Fact]
    public void Concat_HoweverNested_IsTheSame()
    {
        AssistantMessage[] pieces = [.. "some text".Select(character => Piece(new TextContent(character.ToString())))];
        var left = pieces.Aggregate((sum, piece) => sum.Add(piece));
        var right = pieces.Reverse().Aggregate((sum, piece) => piece.Add(sum));
        Assert.Equal("some text", left.Text);
        Assert.Equal("some text", right.Text);
        Assert.Equal("some text", AssistantMessage.Concat(pieces).Text);
    }

    [Fact]
    public void ToChatMessage_Pieces_BecomeWhatModelsTake()
    {
        var message = Piece(
            new TextContent("t"),
            new ToolCallChunk { Name = "f", CallId = "c", Index = 0, Arguments = "{\"x\":1}" },
            new UsageContent(new UsageDetails())).ToChatMessage();
        Assert.Equal(ChatRole.Assistant, message.Role);
        Assert.Equal(2, message.Contents.Count);
        var call = Assert.IsType<FunctionCallContent>(message.Contents[1]);
        Assert.Equal(("f", "c", 1), (call.Name, call.CallId, ((JsonElement)call.Arguments!["x"]!).GetInt32()));
        Assert.Equal(MessageType.Assistant, MessageType.Of(message));
    }

    [Theory]
    [InlineData("{\"x\":1")]
    [InlineData("[1]")]
    [InlineData("x")]
    public void ToChatMessage_ArgumentsThatAreNoObject_AreKeptAsTheyCameWithAnException(string arguments)
    {
        var call = (FunctionCallContent)Piece(new ToolCallChunk { Name = "f", CallId = "c", Index = 0, Arguments = arguments }).ToChatMessage().Contents.Single();
        Assert.Null(call.Arguments);
        Assert.Equal(arguments, call.RawRepresentation);
        Assert.IsType<JsonException>(call.Exception, exactMatch: false);
    }

    [Fact]
    public void Text_OtherContents_CountNothing()
    {
        Assert.Equal("", new AssistantMessage([]).Text);
        Assert.Equal("", Piece(new UsageContent(new UsageDetails())).Text);
        Assert.Equal("ab", Piece(new TextContent("a"), new FunctionCallContent("c", "f"), new TextContent("b")).Text);
    }
}
