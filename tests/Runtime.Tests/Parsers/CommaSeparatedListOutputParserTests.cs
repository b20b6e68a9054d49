using Serving.Runtime.Chat;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Runnables;

namespace Serving.Runtime.Tests.Parsers;

public sealed class CommaSeparatedListOutputParserTests
{
    private static RunnableSequence<PromptValue, IReadOnlyList<string>> Chain(string text) =>
        new ChatModel(new ScriptedChatClient(ScriptedReply.Characters(text))).Pipe(new CommaSeparatedListOutputParser());

    [Theory]
    [InlineData("red, green,blue", new[] { "red", "green", "blue" })]
    [InlineData("one", new[] { "one" })]
    [InlineData(" a ,, b ,\nc\r\n", new[] { "a", "b", "c" })]
    [InlineData("\"a, b\", \"say \"\"hi\"\"\", c\"d", new[] { "a, b", "say \"hi\"", "c\"d" })]
    [InlineData(" , ", new string[0])]
    public async Task Parse_List_InvokedAndStreamedAreTheSame(string text, string[] expected)
    {
        Assert.Equal(expected, await Chain(text).InvokeAsync("x", TestContext.Current.CancellationToken));
        var pieces = await Chain(text).StreamAsync("x", TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(pieces);
        Assert.Equal(expected, pieces.SelectMany(piece => piece));
        Assert.Equal(Math.Max(expected.Length, 1), pieces.Count);
    }
}
