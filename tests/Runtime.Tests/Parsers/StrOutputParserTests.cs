using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Runtime.Tests.Parsers;

public sealed class StrOutputParserTests
{
    [Fact]
    public async Task Stream_ModelBefore_PassesEachPieceAtOnce()
    {
        var chain = new ChatModel(ScriptedChatClient.Replying("Hello there, this is a streamed reply.")).Pipe(new StrOutputParser());
        var pieces = await chain.StreamAsync("x", TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Hello", " ", "there,", " ", "this", " ", "is", " ", "a", " ", "streamed", " ", "reply."], pieces);
        Assert.Equal("Hello there, this is a streamed reply.", await chain.InvokeAsync("x", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Invoke_OtherInputs_GivesTheirText()
    {
        Assert.Equal("m", await new StrOutputParser<ChatMessage>().InvokeAsync(new ChatMessage(ChatRole.User, "m"), TestContext.Current.CancellationToken));
        Assert.Equal("s", await new StrOutputParser<string>().InvokeAsync("s", TestContext.Current.CancellationToken));
        Assert.Equal("ab", await new StrOutputParser().InvokeAsync(new AssistantMessage([new TextContent("a"), new TextContent("b")]), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Create_InputWithoutText_IsRefused() => Assert.Throws<CompositionException>(() => new StrOutputParser<int>());

    [Fact]
    public void Describe_Parser_HasItsNameAndType()
    {
        Assert.Equal("StrOutputParser", new StrOutputParser().Name);
        Assert.Equal("StrOutputParser", new StrOutputParser<string>().Name);
        Assert.Equal(RunType.Parser, new StrOutputParser().RunType);
    }
}
