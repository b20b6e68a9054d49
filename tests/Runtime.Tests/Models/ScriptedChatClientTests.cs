using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;

namespace Serving.Runtime.Tests.Models;

public sealed class ScriptedChatClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<List<string>> Stream(ScriptedChatClient client) =>
        [.. (await client.GetStreamingResponseAsync("x", cancellationToken: Token).ToListAsync(Token)).Select(update => update.Text)];

    [Fact]
    public async Task Replying_Text_StreamsWordsAndSingleSpaces()
    {
        using var client = ScriptedChatClient.Replying("Hello there, this is a streamed reply.");
        var pieces = await Stream(client);
        Assert.Equal(13, pieces.Count);
        Assert.Equal(["Hello", " ", "there,", " "], pieces[..4]);
        Assert.Equal("Hello there, this is a streamed reply.", string.Concat(pieces));
    }

    [Fact]
    public async Task Characters_Text_KeepsPairsTogether()
    {
        using var client = new ScriptedChatClient(ScriptedReply.Characters("a\U0001F600b"));
        Assert.Equal(["a", "\U0001F600", "b"], await Stream(client));
    }

    [Fact]
    public async Task Words_SpacesAround_AreAllKept()
    {
        using var client = new ScriptedChatClient(ScriptedReply.Words(" a  b\n"));
        Assert.Equal([" ", "a", " ", " ", "b", "\n"], await Stream(client));
    }

    [Fact]
    public async Task Respond_Defaults_ReportNothing()
    {
        using var client = ScriptedChatClient.Replying("one two");
        var response = await client.GetResponseAsync("x", cancellationToken: Token);
        Assert.Equal("one two", response.Text);
        Assert.Null(response.Usage);
        Assert.Null(response.FinishReason);
        Assert.Null(response.ModelId);
        Assert.Null(client.GetService<ChatClientMetadata>());
        var update = Assert.Single(await new ScriptedChatClient(ScriptedReply.Of("one")).GetStreamingResponseAsync("x", cancellationToken: Token).ToListAsync(Token));
        Assert.Null(update.FinishReason);
        Assert.Null(update.ModelId);
    }

    [Fact]
    public async Task Respond_WhatTheScriptSays_IsReported()
    {
        using var client = new ScriptedChatClient(ScriptedReply.Of("one") with
        {
            Usage = new UsageDetails { InputTokenCount = 3 },
            FinishReason = ChatFinishReason.Length,
            ModelId = "m",
        })
        { ProviderName = "p" };
        var response = await client.GetResponseAsync("x", cancellationToken: Token);
        var streamed = (await client.GetStreamingResponseAsync("x", cancellationToken: Token).ToListAsync(Token)).ToChatResponse();
        foreach (var one in (ChatResponse[])[response, streamed])
        {
            Assert.Equal(3, one.Usage!.InputTokenCount);
            Assert.Equal(ChatFinishReason.Length, one.FinishReason);
            Assert.Equal("m", one.ModelId);
        }

        Assert.Equal("p", client.GetService<ChatClientMetadata>()!.ProviderName);
    }

    [Fact]
    public async Task Respond_SeveralReplies_AreGivenInOrderAndTheLastRepeats()
    {
        using var client = new ScriptedChatClient(ScriptedReply.Of("a"), ScriptedReply.Of("b"));
        Assert.Equal("a", (await client.GetResponseAsync("x", cancellationToken: Token)).Text);
        Assert.Equal("b", (await client.GetResponseAsync("x", cancellationToken: Token)).Text);
        Assert.Equal(["b"], await Stream(client));
    }

    [Fact]
    public async Task Respond_BeyondAScriptThatEnds_Fails()
    {
        using var client = new ScriptedChatClient(ScriptedReply.Of("a")) { RepeatsLast = false };
        await client.GetResponseAsync("x", cancellationToken: Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync("x", cancellationToken: Token));
    }

    [Fact]
    public async Task Respond_Concurrently_GivesEachReplyOnce()
    {
        using var client = new ScriptedChatClient([.. Enumerable.Range(0, 50).Select(i => ScriptedReply.Of($"{i}"))]) { RepeatsLast = false };
        var texts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => (await client.GetResponseAsync("x", cancellationToken: Token)).Text, Token)));
        Assert.Equal(50, texts.Distinct().Count());
        Assert.Equal(50, client.Calls.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(9)]
    public async Task Stream_Failing_GivesThePiecesBefore(int after)
    {
        var failure = new TimeoutException("scripted");
        using var client = new ScriptedChatClient(ScriptedReply.Of("a", "b", "c") with { Failure = failure, FailAfter = after });
        var seen = new List<string>();
        var thrown = await Assert.ThrowsAsync<TimeoutException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("x", cancellationToken: Token))
                seen.Add(update.Text);
        });
        Assert.Same(failure, thrown);
        Assert.Equal(Math.Min(after, 3), seen.Count);
    }

    [Fact]
    public async Task Respond_Failing_Throws()
    {
        using var client = new ScriptedChatClient(ScriptedReply.Failing(new TimeoutException()), ScriptedReply.Of("ok"));
        await Assert.ThrowsAsync<TimeoutException>(() => client.GetResponseAsync("x", cancellationToken: Token));
        Assert.Equal("ok", (await client.GetResponseAsync("x", cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Stream_Delays_AreWaitedOnTheClock()
    {
        var clock = new InstantTimeProvider();
        using var client = new ScriptedChatClient(ScriptedReply.Of("a", "b") with { DelayBeforeFirst = TimeSpan.FromHours(1), DelayPerPiece = TimeSpan.FromMinutes(1) }) { TimeProvider = clock };
        await Stream(client);
        Assert.Equal([TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)], clock.Waits);
    }

    [Fact]
    public async Task Calls_Received_AreKept()
    {
        using var client = ScriptedChatClient.Replying("a");
        var options = new ChatOptions { Temperature = 1 };
        await client.GetResponseAsync("first", options, Token);
        await client.GetStreamingResponseAsync("second", cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(["first", "second"], client.Calls.Select(call => call.Messages[0].Text));
        Assert.Same(options, client.Calls[0].Options);
        Assert.Equal([false, true], client.Calls.Select(call => call.Streamed));
    }

    [Theory]
    [InlineData(2, new[] { "2", "3" })]
    [InlineData(0, new string[0])]
    public async Task Calls_MoreThanKept_AreTheLatest(int kept, string[] expected)
    {
        using var client = new ScriptedChatClient(ScriptedReply.Of("a"), ScriptedReply.Of("b")) { MaxCalls = kept };
        var answers = new List<string>();
        for (var i = 1; i <= 3; i++)
            answers.Add((await client.GetResponseAsync($"{i}", cancellationToken: Token)).Text);
        Assert.Equal(["a", "b", "b"], answers);
        Assert.Equal(expected, client.Calls.Select(call => call.Messages[0].Text));
    }

    [Fact]
    public async Task Respond_ToolCallInPieces_IsOneCallWhole()
    {
        using var client = new ScriptedChatClient(ScriptedReply.Of(
            new ToolCallChunk { Name = "f", CallId = "c1", Index = 0, Arguments = "{\"x\"" },
            new ToolCallChunk { Index = 0, Arguments = ":1}" }));
        var message = await new ChatModel(client).InvokeAsync("x", Token);
        var call = Assert.Single(message.ToolCalls);
        Assert.Equal(("f", "c1", "1"), (call.Name, call.CallId, call.Arguments!["x"]!.ToString()));
    }

    [Fact]
    public async Task Stream_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        using var client = ScriptedChatClient.Replying("a b");
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.GetStreamingResponseAsync("x", cancellationToken: source.Token))
            {
                seen++;
                await source.CancelAsync();
            }
        });
        Assert.Equal(1, seen);
    }
}
