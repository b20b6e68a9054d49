using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Agents;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;
using Serving.Runtime.Tools;

namespace Serving.Runtime.Tests.Agents;

public sealed class ToolCallingAgentLawsTests
{
    private const int Seeds = 500;

    private static readonly Guid RunId = new("6f9619ff-8b86-d011-b42d-00c04fc964ff");

    private static readonly Tool[] Tools =
    [
        Tool.Create((int a, int b = 2) => a * b, "multiply"),
        Tool.Create(new Action(() => throw new FormatException("inside")), "boom"),
        Tool.Create(async () => { await Task.Yield(); return "slow"; }, "slow"),
    ];

    [Fact]
    public async Task Stream_AnyConversation_FoldsToWhatInvokeGives()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var replies = new RandomConversations(seed).Replies();
            var (expected, expectedCalls) = await Play(replies, async (agent, context) => await agent.InvokeAsync("?", context), null);

            await Holds("streamed", Folded, null);
            await Holds("streamed under an observer", Folded, new RecordingObserver());
            await Holds("invoked under an observer", async (agent, context) => await agent.InvokeAsync("?", context), new RecordingObserver());
            Assert.True(expectedCalls.Count == replies.Count, $"Seed {seed}: {expectedCalls.Count} calls for {replies.Count} replies.");

            async Task Holds(string how, Func<ToolCallingAgent, RunContext, ValueTask<AssistantMessage>> run, IRunObserver? observer)
            {
                var (actual, calls) = await Play(replies, run, observer);
                Assert.True(expected == actual, $"Seed {seed}: invoked\n{expected}\n{how}\n{actual}");
                Assert.True(expectedCalls.SequenceEqual(calls), $"Seed {seed}: invoked\n{string.Join('\n', expectedCalls)}\n{how}\n{string.Join('\n', calls)}");
            }
        }
    }

    [Fact]
    public async Task Stream_AnyConversation_SaysEachPieceOnceAndNoCalls()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var replies = new RandomConversations(seed).Replies();
            var texts = replies.Select(reply => string.Concat(reply.Pieces.OfType<TextContent>().Select(text => text.Text))).Where(text => text.Length > 0);
            var usage = replies.Where(reply => reply.Usage is not null).Select(reply => reply.Usage!).ToList();
            var agent = new ToolCallingAgent(new ChatModel(new ScriptedChatClient(replies)), Tools);

            var answer = (await agent.StreamAsync("?", TestRun.Token).FoldAsync(TestRun.Token)).Value!;

            Assert.True(string.Join("\n\n", texts) == answer.Text, $"Seed {seed}: {answer.Text}");
            Assert.True(usage.Sum(item => item.InputTokenCount) == (answer.Usage?.InputTokenCount ?? 0), $"Seed {seed}");
            Assert.True(replies[^1].FinishReason?.Value == answer.FinishReason, $"Seed {seed}");
            Assert.True(answer.Contents.All(content => content is TextContent or UriContent or UsageContent), $"Seed {seed}");
        }
    }

    private static async ValueTask<AssistantMessage> Folded(ToolCallingAgent agent, RunContext context) =>
        (await agent.StreamAsync("?", context).FoldAsync(context.CancellationToken)).Value!;

    /// <summary>The answer, and what the model was given in each call, as texts.</summary>
    private static async Task<(string Answer, IReadOnlyList<string> Calls)> Play(
        IReadOnlyList<ScriptedReply> replies,
        Func<ToolCallingAgent, RunContext, ValueTask<AssistantMessage>> run,
        IRunObserver? observer)
    {
        var client = new ScriptedChatClient(replies);
        var answer = await run(new ToolCallingAgent(new ChatModel(client), Tools), TestRun.Context(observer, new RunConfig { RunId = RunId }));
        return (
            $"{answer.Id} {answer.Name} {answer.ModelId} {answer.FinishReason} {string.Join(' ', answer.Contents.Select(Text))}",
            [.. client.Calls.Select(call => string.Join(' ', call.Messages.Select(message => $"{message.Role}: {string.Join(' ', message.Contents.Select(Text))}")))]);
    }

    private static string Text(AIContent content) => content switch
    {
        TextContent text => $"'{text.Text}'",
        TextReasoningContent reasoning => $"({reasoning.Text} {reasoning.ProtectedData})",
        UriContent link => $"<{link.Uri}>",
        UsageContent usage => $"{usage.Details.InputTokenCount}/{usage.Details.OutputTokenCount}",
        FunctionCallContent call => $"{call.CallId} {call.Name}({JsonSerializer.Serialize(call.Arguments)} {call.RawRepresentation} {call.Exception?.GetType().Name})",
        FunctionResultContent result => $"{result.CallId} = {result.Result} {result.Exception?.Message}",
        _ => content.GetType().Name,
    };
}
