using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Chat;

public sealed class ChatModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_Pieces_CarryTheIdOfTheRun()
    {
        var id = Guid.NewGuid();
        var context = RunContext.Create(new RunConfig { RunId = id }, cancellationToken: Token);
        var pieces = await new ChatModel(ScriptedChatClient.Replying("one two")).StreamAsync("x", context).ToListAsync(Token);
        Assert.Equal(["one", " ", "two"], pieces.Select(piece => piece.Text));
        Assert.All(pieces, piece => Assert.Equal(($"run--{id}", true), (piece.Id, piece.IsChunk)));
    }

    [Fact]
    public async Task Invoke_Answer_CarriesTheIdOfTheRun()
    {
        var id = Guid.NewGuid();
        var answer = await new ChatModel(ScriptedChatClient.Replying("one two")).InvokeAsync("x", RunContext.Create(new RunConfig { RunId = id }, cancellationToken: Token));
        Assert.Equal(("one two", $"run--{id}-0", false), (answer.Text, answer.Id, answer.IsChunk));
        Assert.Null(answer.Usage);
    }

    [Fact]
    public async Task Stream_OfflineModel_SumsUpToTheAnswer()
    {
        using var client = new OfflineChatClient();
        var model = new ChatModel(client);
        var whole = await model.InvokeAsync("x", Token);
        var sum = AssistantMessage.Concat(await model.StreamAsync("x", Token).ToListAsync(Token));
        Assert.Equal(whole.Text, sum.Text);
        Assert.Equal((whole.FinishReason, whole.ModelId), (sum.FinishReason, sum.ModelId));
        Assert.Equal(whole.Usage!.TotalTokenCount, sum.Usage!.TotalTokenCount);
    }

    [Fact]
    public async Task Bind_Options_ReachTheClientAndLeaveTheModelAlone()
    {
        using var client = ScriptedChatClient.Replying("a");
        var model = new ChatModel(client, "m", new ChatOptions { Temperature = 1 });
        var bound = model.Bind(options => options.StopSequences = ["x"]);
        await bound.InvokeAsync("x", Token);
        await model.InvokeAsync("x", Token);
        Assert.Equal(["x"], client.Calls[0].Options!.StopSequences!);
        Assert.Equal(1, client.Calls[0].Options!.Temperature);
        Assert.Null(client.Calls[1].Options!.StopSequences);
        Assert.Equal("m", bound.Name);
    }

    [Fact]
    public async Task Invoke_Options_AreNotSharedBetweenCalls()
    {
        using var client = ScriptedChatClient.Replying("a");
        var options = new ChatOptions();
        var model = new ChatModel(client, options: options);
        await model.InvokeAsync("x", Token);
        await model.InvokeAsync("x", Token);
        Assert.NotSame(options, client.Calls[0].Options);
        Assert.NotSame(client.Calls[0].Options, client.Calls[1].Options);
    }

    [Fact]
    public async Task Run_Metadata_TellsTheModel()
    {
        using var offline = new OfflineChatClient();
        using var nameless = ScriptedChatClient.Replying("a");
        Assert.Equal(
            ChainValues.Of(("ls_provider", "offline"), ("ls_model_name", "offline"), ("ls_model_type", "chat")),
            await MetadataOf(new ChatModel(offline)));
        Assert.Equal(
            ChainValues.Of(("ls_provider", "offline"), ("ls_model_name", "m"), ("ls_model_type", "llm")),
            await MetadataOf(new TextModel(offline, options: new ChatOptions { ModelId = "m" })));
        Assert.Equal(ChainValues.Of("ls_model_type", "chat"), await MetadataOf(new ChatModel(nameless)));
    }

    [Fact]
    public async Task TextModel_Prompt_IsSentAsOneText()
    {
        using var client = new ScriptedChatClient(ScriptedReply.Characters("abc"));
        var model = new TextModel(client);
        PromptValue prompt = new ChatMessage[] { new(ChatRole.System, "s"), new(ChatRole.User, "h") };
        Assert.Equal("abc", await model.InvokeAsync(prompt, Token));
        Assert.Equal(["a", "b", "c"], await model.StreamAsync(prompt, Token).ToListAsync(Token));
        Assert.All(client.Calls, call => Assert.Equal("System: s\nHuman: h", Assert.Single(call.Messages).Text));
        Assert.Equal(["abc"], await new TextModel(client, streams: false).StreamAsync(prompt, Token).ToListAsync(Token));
        Assert.Equal(RunType.Llm, model.RunType);
    }

    private static async Task<ChainValues> MetadataOf<T>(Runnable<PromptValue, T> model)
    {
        var runs = new Starts();
        await model.InvokeAsync("x", RunContext.Create(observer: runs, cancellationToken: Token));
        return Assert.Single(runs.Metadata);
    }

    private sealed class Starts : IRunObserver
    {
        public List<ChainValues> Metadata { get; } = [];

        public ValueTask OnEventAsync(RunEvent runEvent, CancellationToken cancellationToken)
        {
            if (runEvent is RunStarted)
                Metadata.Add(runEvent.Run.Metadata);
            return default;
        }
    }
}
