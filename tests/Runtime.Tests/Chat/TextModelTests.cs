using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;

namespace Serving.Runtime.Tests.Chat;

public sealed class TextModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invoke_Messages_SendsThemAsOneText()
    {
        var client = ScriptedChatClient.Replying("Hello");

        var answer = await new TextModel(client).InvokeAsync(new[] { new ChatMessage(ChatRole.System, "Be short."), new ChatMessage(ChatRole.User, "Hi") }, Cancellation);

        Assert.Equal("Hello", answer);
        Assert.Equal("System: Be short.\nHuman: Hi", Assert.Single(Assert.Single(client.Calls).Messages).Text);
    }

    [Fact]
    public async Task Stream_ModelThatOnlyAnswersWhole_GivesOnePiece()
    {
        var pieces = new List<string>();
        await foreach (var piece in new TextModel(ScriptedChatClient.Replying("Hello there"), streams: false).StreamAsync("Hi", Cancellation))
            pieces.Add(piece);

        Assert.Equal(["Hello there"], pieces);
    }

    [Fact]
    public async Task Bind_Options_ReachTheClientAndLeaveTheModelAlone()
    {
        var client = ScriptedChatClient.Replying("Hello");
        var model = new TextModel(client, "Completer");
        var bound = model.Bind(options => options.StopSequences = ["x"]);

        await bound.InvokeAsync("Hi", Cancellation);
        await model.InvokeAsync("Hi", Cancellation);

        Assert.Equal("Completer", bound.Name);
        Assert.Equal(["x"], client.Calls[0].Options!.StopSequences!);
        Assert.Null(client.Calls[1].Options?.StopSequences);
    }
}
