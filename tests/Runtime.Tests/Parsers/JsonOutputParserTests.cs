using System.Text.Json;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Runnables;

namespace Serving.Runtime.Tests.Parsers;

public sealed class JsonOutputParserTests
{
    private static RunnableSequence<PromptValue, JsonElement> Chain(string text) =>
        new ChatModel(new ScriptedChatClient(ScriptedReply.Characters(text))).Pipe(new JsonOutputParser());

    private static async Task<List<string>> Stream(string text) =>
        [.. (await Chain(text).StreamAsync("x", TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken)).Select(value => value.GetRawText())];

    private static async Task<string> Invoke(string text) => (await Chain(text).InvokeAsync("x", TestContext.Current.CancellationToken)).GetRawText();

    [Theory]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("  [1, 2]\n", "[1, 2]")]
    [InlineData("```json\n{\"a\":\"b\"}\n```", "{\"a\":\"b\"}")]
    [InlineData("```\n[1]\n```", "[1]")]
    [InlineData("```{\"a\":1}```", "{\"a\":1}")]
    [InlineData("Here it is:\n```json\n{\"a\":\"```\"}\n```\nDone, see `a`.", "{\"a\":\"```\"}")]
    [InlineData("```json\n12\n```", "12")]
    [InlineData("```json\ntrue```", "true")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("-1.5", "-1.5")]
    [InlineData("\"text\"", "\"text\"")]
    public async Task Parse_Answer_InvokedAndStreamedAreTheSame(string text, string expected)
    {
        Assert.Equal(expected, (await Invoke(text)).Trim());
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), JsonElement.Parse((await Stream(text))[^1])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("I cannot do that.")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":1} as you asked")]
    [InlineData("```json\n{\"a\":\n```")]
    public async Task Parse_NoJson_FailsWithoutQuotingTheAnswer(string text)
    {
        var invoked = await Assert.ThrowsAsync<OutputParserException>(async () => await Invoke(text));
        Assert.StartsWith("The model's answer is ", invoked.Message, StringComparison.Ordinal);
        Assert.Equal(text, invoked.Output);
        if (text.Length == 0)
            return;
        Assert.DoesNotContain(text, invoked.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<OutputParserException>(async () => await Stream(text));
    }

    [Fact]
    public async Task Stream_Answer_GivesTheValueSoFarWhenItChanges() => Assert.Equal(
        ["{}", "{\"a\":\"\"}", "{\"a\":\"x\"}", "{\"a\":\"xy\"}", "{\"a\":\"xy\", \"b\":[]}", "{\"a\":\"xy\", \"b\":[12]}", "{\"a\":\"xy\", \"b\":[12, true]}"],
        await Stream("{\"a\":\"xy\", \"b\":[12, true]}"));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Stream_HoweverCut_EndsWithWhatInvokingGives(int size)
    {
        const string Text = "Sure:\n```json\n{\"list\":[{\"name\":\"\U0001F600 \\u00e9 \\\"x\\\"\"},{\"n\":-1.5e3}],\"ok\":true}\n``` done";
        var chain = new ChatModel(new ScriptedChatClient(ScriptedReply.Of([.. Text.Chunk(size).Select(piece => new string(piece))]))).Pipe(new JsonOutputParser());
        var pieces = await chain.StreamAsync("x", TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.True(JsonElement.DeepEquals(await chain.InvokeAsync("x", TestContext.Current.CancellationToken), pieces[^1]));
        for (var i = 1; i < pieces.Count; i++)
            Assert.False(JsonElement.DeepEquals(pieces[i - 1], pieces[i]));
    }

    [Fact]
    public async Task Stream_NoPieces_GivesNothing()
    {
        var parser = Runnable.Generator<string, AssistantMessage>("none", (_, _) => AsyncEnumerable.Empty<AssistantMessage>()).Pipe(new JsonOutputParser());
        Assert.Empty(await parser.StreamAsync("x", TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }
}
