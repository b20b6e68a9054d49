using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.History;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.History;

public sealed class MessageHistoryTests
{
    private static readonly MessageHistoryOptions Options = new() { InputKey = "question" };

    private static readonly ChatPromptTemplate Prompt =
        ChatPromptTemplate.FromMessages(("system", "sys"), new MessagesPlaceholder("history"), ("human", "{question}"));

    private readonly InMemoryChatHistoryStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RunContext Session(object? id) =>
        RunContext.Create(new RunConfig { Configurable = ChainValues.Of("session_id", id) }, cancellationToken: Token);

    private static ChainValues Asking(object? question) => ChainValues.Of("question", question);

    private async Task<string[]> Kept(string session) =>
        [.. (await _store.Get(session).GetAsync(Token)).Select(message => $"{MessageType.Of(message)}:{message.Text}")];

    private Runnable<ChainValues, AssistantMessage> Counting() => Prompt
        .Pipe(Runnable.Lambda("answer", (PromptValue prompt) => new AssistantMessage($"saw {prompt.ToMessages().Count} messages")))
        .WithMessageHistory(_store, Options);

    private Runnable<ChainValues, string> Streaming(ScriptedReply reply) =>
        Prompt.Pipe(new ChatModel(new ScriptedChatClient(reply))).Pipe(new StrOutputParser()).WithMessageHistory(_store, Options);

    [Fact]
    public async Task Invoke_SameSession_SeesWhatWasSaid()
    {
        var chain = Counting();
        Assert.Equal("saw 2 messages", (await chain.InvokeAsync(Asking("q"), Session("a"))).Text);
        Assert.Equal("saw 4 messages", (await chain.InvokeAsync(Asking("r"), Session(JsonElement.Parse("\"a\"")))).Text);
        Assert.Equal("saw 2 messages", (await chain.InvokeAsync(Asking("s"), Session("b"))).Text);
        Assert.Equal(["human:q", "ai:saw 2 messages", "human:r", "ai:saw 4 messages"], await Kept("a"));
    }

    [Fact]
    public async Task Stream_Pieces_PassThroughAndAreKeptAsOneMessage()
    {
        var chain = Streaming(ScriptedReply.Words("one two"));
        Assert.Equal(["one", " ", "two"], await chain.StreamAsync(Asking("q"), Session("a")).ToListAsync(Token));
        Assert.Equal(["human:q", "ai:one two"], await Kept("a"));
    }

    [Fact]
    public async Task Stream_Messages_AreKeptWhole()
    {
        var chain = Prompt.Pipe(new ChatModel(ScriptedChatClient.Replying("one two"))).WithMessageHistory(_store, Options);
        Assert.Equal(3, (await chain.StreamAsync(Asking("q"), Session("a")).ToListAsync(Token)).Count);
        Assert.Equal(["human:q", "ai:one two"], await Kept("a"));
    }

    [Fact]
    public async Task Stream_ReaderLeavesEarly_KeepsNothing()
    {
        var chain = Streaming(ScriptedReply.Words("one two"));
        await foreach (var _ in chain.StreamAsync(Asking("q"), Session("a")))
            break;
        Assert.Empty(await Kept("a"));
    }

    [Fact]
    public async Task Run_Fails_KeepsNothing()
    {
        var chain = Streaming(ScriptedReply.Words("one two") with { Failure = new FormatException(), FailAfter = 2 });
        await Assert.ThrowsAsync<FormatException>(async () => await chain.InvokeAsync(Asking("q"), Session("a")));
        await Assert.ThrowsAsync<FormatException>(async () => await chain.StreamAsync(Asking("q"), Session("a")).ToListAsync(Token));
        Assert.Empty(await Kept("a"));
    }

    [Fact]
    public async Task Invoke_ListsOfMessages_AreKeptInOrder()
    {
        var chain = Runnable
            .Lambda("two", (ChainValues _) => (IReadOnlyList<ChatMessage>)[new(ChatRole.Assistant, "a1"), new(ChatRole.Assistant, "a2")])
            .WithMessageHistory(_store, Options);
        await chain.InvokeAsync(Asking(new List<object?> { new ChatMessage(ChatRole.User, "q1"), "q2" }), Session("a"));
        Assert.Equal(["human:q1", "human:q2", "ai:a1", "ai:a2"], await Kept("a"));
    }

    [Fact]
    public async Task Invoke_ConcurrentCallsOfOneSession_LoseNoMessages()
    {
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var chain = Runnable.LambdaAsync("wait", async (ChainValues values, RunContext _) =>
        {
            if (Interlocked.Increment(ref arrived) == 2)
                all.SetResult();
            await all.Task;
            return new AssistantMessage($"to {values["question"]}");
        }).WithMessageHistory(_store, Options);
        await Task.WhenAll(
            Task.Run(async () => await chain.InvokeAsync(Asking("x"), Session("a")), Token),
            Task.Run(async () => await chain.InvokeAsync(Asking("y"), Session("a")), Token));
        var kept = await Kept("a");
        Assert.Equal(4, kept.Length);
        Assert.Equal("ai:to x", kept[Array.IndexOf(kept, "human:x") + 1]);
        Assert.Equal("ai:to y", kept[Array.IndexOf(kept, "human:y") + 1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(5)]
    public async Task Invoke_NoSession_TellsWhatToSend(object? id)
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await Counting().InvokeAsync(Asking("q"), Session(id)));
        Assert.Contains("config.configurable.session_id", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Counting().StreamAsync(Asking("q"), Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Invoke_SessionIdTooLong_IsRefused() =>
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Counting().InvokeAsync(Asking("q"), Session(new string('x', 257))));

    [Fact]
    public async Task Invoke_NoMessage_NamesTheKey()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await Counting().InvokeAsync(ChainValues.Empty, Session("a")));
        Assert.Contains("'question'", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Counting().InvokeAsync(Asking(5), Session("a")));
    }

    [Fact]
    public void Compose_ChainThatGivesNoMessage_IsRefused() =>
        Assert.Throws<CompositionException>(() => Runnable.Lambda("n", (ChainValues _) => 5).WithMessageHistory(_store, Options));

    [Fact]
    public void Describe_Chain_HasTheSessionFieldAndNoHistoryInput()
    {
        var chain = Counting();
        var field = Assert.Single(chain.ConfigurableFields);
        Assert.Equal(("session_id", "Session ID", ""), (field.Id, field.Name, field.Default));
        Assert.NotNull(field.Description);
        Assert.Equal(
            """{"properties":{"question":{"type":"string","title":"Question"}},"title":"PromptInput","type":"object","required":["question"]}""",
            chain.GetInputShape(RunConfig.Empty).ToSchema().ToJsonString());
        Assert.Equal("""{"type":"object"}""", chain.GetOutputShape(RunConfig.Empty).ToSchema().ToJsonString());
    }
}
