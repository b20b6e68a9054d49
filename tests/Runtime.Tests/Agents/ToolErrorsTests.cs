using System.ComponentModel;
using Microsoft.Extensions.AI;
using Serving.Runtime.Agents;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Models;
using Serving.Runtime.Runs;
using Serving.Runtime.Tests.Runs;
using Serving.Runtime.Tools;
using static Serving.Runtime.Tests.Agents.ToolCallingAgentTests;

namespace Serving.Runtime.Tests.Agents;

public sealed class ToolErrorsTests
{
    private const string Secret = "sk-canary-1234";

    private static readonly Tool Multiply = Tool.Create((int a, int b = 2) => a * b, "multiply");

    [Fact]
    public async Task Call_UnknownTool_IsToldWhichThereAre()
    {
        Assert.Equal("Error: There is no tool 'divide'; there are: multiply, boom.", await Told(Call("c", "divide", "{}"), Multiply, Boom(new FormatException())));
        Assert.Equal("Error: There is no tool 'divide'; there are: none.", await Told(Call("c", "divide", "{}")));
    }

    [Fact]
    public async Task Call_NoName_IsToldWhichThereAre() =>
        Assert.Equal("Error: There is no tool ''; there are: multiply.", await Told(new ToolCallChunk { Index = 0, CallId = "c", Arguments = "{}" }, Multiply));

    [Theory]
    [InlineData("{}", "a: Field required")]
    [InlineData("""{"a":"many","b":[1]}""", "a: Input should be a valid integer, unable to parse string as an integer; b: Input should be a valid integer")]
    public async Task Call_ArgumentsThatDoNotFit_IsToldWhich(string arguments, string which) =>
        Assert.Equal($"Error: The arguments of 'multiply' do not fit: {which}. Call it again with arguments that fit.", await Told(Call("c", "multiply", arguments), Multiply));

    [Fact]
    public async Task Call_ArgumentsThatNearlyFit_AreTaken() => Assert.Equal("12", await Told(Call("c", "multiply", """{"a":"6","more":true}"""), Multiply));

    [Theory]
    [InlineData("{\"a\": 5")]
    [InlineData("[1]")]
    [InlineData("a = 5")]
    public async Task Call_ArgumentsThatAreNoObject_IsToldAndNothingRuns(string arguments)
    {
        const string Expected = "Error: The arguments of 'multiply' are not a JSON object. Call it again with one.";
        Assert.Equal(Expected, await Told(new ToolCallChunk { Index = 0, CallId = "c", Name = "multiply", Arguments = arguments }, Multiply));
        Assert.Equal(Expected, await Told(new FunctionCallContent("c", "multiply") { Exception = new FormatException(Secret), RawRepresentation = arguments }, Multiply));
    }

    [Fact]
    public async Task Call_NoArgumentsAtAll_IsAnEmptyObject() =>
        Assert.Equal("ran", await Told(new ToolCallChunk { Index = 0, CallId = "c", Name = "run", Arguments = "" }, Tool.Create(() => "ran", "run")));

    [Fact]
    public async Task Call_PublicError_IsToldInItsWords()
    {
        Assert.Equal("Error: The library is closed.", await Told(Call("c", "boom", "{}"), Boom(new ServingException(ErrorKind.Overloaded, "The library is closed."))));
        Assert.Equal("Error: Gone.", await Told(Call("c", "boom", "{}"), Boom(new StatusException(500, "Gone."))));
    }

    [Fact]
    public async Task Call_AnyOtherError_IsToldWithoutItsText()
    {
        const string Expected = "Error: The tool 'boom' failed.";
        Assert.Equal(Expected, await Told(Call("c", "boom", "{}"), Boom(new FormatException(Secret))));
        Assert.Equal(Expected, await Told(Call("c", "boom", "{}"), Boom(new ServingException(ErrorKind.Internal, Secret))));
        Assert.Equal(Expected, await Told(Call("c", "boom", "{}"), Boom(new TaskCanceledException(Secret))));
    }

    [Fact]
    public async Task Call_ResultWithoutAJsonForm_IsToldAsAFailure()
    {
        var loop = new List<object>();
        loop.Add(loop);
        Assert.Equal("Error: The tool 'loop' failed.", await Told(Call("c", "loop", "{}"), Tool.Create(() => loop, "loop")));
    }

    [Fact]
    public async Task Events_FailedCalls_TheirRunsFailAndTheOthersEnd()
    {
        var observer = new RecordingObserver();
        var agent = Agent(
            [Multiply, Boom(new FormatException("inside"))],
            ScriptedReply.Of(Call("1", "boom", "{}"), Call("2", "multiply", "{}"), Call("3", "multiply", """{"a":1}"""), Call("4", "unknown", "{}")),
            ScriptedReply.Of("Done."));

        Assert.Equal("Done.", (await agent.InvokeAsync("?", TestRun.Context(observer))).Text);

        Assert.Equal(
            ["boom start", "boom fail", "multiply start", "multiply fail", "multiply start", "multiply end"],
            observer.Kinds.Where(kind => kind.StartsWith("boom", StringComparison.Ordinal) || kind.StartsWith("multiply", StringComparison.Ordinal)));
        Assert.Equal("inside", observer.Events.OfType<RunFailed>().First().Error.Message);
    }

    [Fact]
    public async Task Call_RunIsCancelled_EndsTheRun()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestRun.Token);
        var client = new ScriptedChatClient(ScriptedReply.Of(Call("c", "leave", "{}")), ScriptedReply.Of("never"));
        var leave = Tool.Create(
            async () =>
            {
                await source.CancelAsync();
                throw new FormatException("took it badly");
            },
            "leave");
        var agent = new ToolCallingAgent(new ChatModel(client), [leave]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await agent.InvokeAsync("?", source.Token));

        Assert.Single(client.Calls);
    }

    [Fact]
    public async Task Invoke_ModelFails_FailsAsTheModelDid()
    {
        var agent = Agent([Multiply], ScriptedReply.Of(Call("c", "multiply", """{"a":1}""")), ScriptedReply.Failing(new ServingException(ErrorKind.RateLimited, "Wait.")));

        Assert.Equal("Wait.", (await Assert.ThrowsAsync<ServingException>(async () => await agent.InvokeAsync("?", TestRun.Token))).Message);
    }

    /// <summary>What the model is told of a call, invoked and streamed.</summary>
    private static async Task<string?> Told(AIContent call, params Tool[] tools)
    {
        var client = new ScriptedChatClient(ScriptedReply.Of(call), ScriptedReply.Of("Done."), ScriptedReply.Of(call), ScriptedReply.Of("Done."));
        var agent = new ToolCallingAgent(new ChatModel(client), tools);
        await agent.InvokeAsync("?", TestRun.Token);
        await agent.StreamAsync("?", TestRun.Token).CountAsync(TestRun.Token);
        var (invoked, streamed) = (Results(client.Calls[1]).Single(), Results(client.Calls[3]).Single());
        Assert.Equal(invoked, streamed);
        Assert.Equal(invoked.Error is null ? null : $"Error: {invoked.Error}", invoked.Error is null ? null : invoked.Text);
        Assert.DoesNotContain(Secret, invoked.Text, StringComparison.Ordinal);
        return invoked.Text;
    }

    private static Tool Boom(Exception error) => Tool.Create([Description("Fails.")] () => { throw error; }, "boom");
}
