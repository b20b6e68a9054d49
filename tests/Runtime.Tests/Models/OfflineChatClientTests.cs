using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Models;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Tests.Models;

public sealed class OfflineChatClientTests : IDisposable
{
    private readonly OfflineChatClient _model = new();

    private static readonly ChatOptions Tools = new()
    {
        Tools =
        [
            AIFunctionFactory.Create((string expression) => expression, "calculate", "Gives the total of it."),
            AIFunctionFactory.Create((string city) => city, "get_weather"),
        ],
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    private async Task<string> Ask(string text, ChatOptions? options = null) => (await _model.GetResponseAsync(text, options, Token)).Text;

    [Fact]
    public async Task Respond_SameMessages_GivesTheSameWords()
    {
        var again = new OfflineChatClient();
        Assert.Equal(await Ask("What is the sea?"), (await again.GetResponseAsync("What is the sea?", cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Respond_OtherMessages_GivesOtherWords()
    {
        var answers = new HashSet<string>();
        for (var i = 0; i < 200; i++)
            Assert.True(answers.Add(await Ask($"question {i}")));
        ChatMessage[] withSystem = [new(ChatRole.System, "be kind"), new(ChatRole.User, "question 1")];
        Assert.True(answers.Add((await _model.GetResponseAsync(withSystem, cancellationToken: Token)).Text));
    }

    [Fact]
    public async Task Respond_Question_SaysWhatItIsAndWhatWasAsked()
    {
        var answer = await Ask("  What is\nthe sea? ");
        Assert.Contains("offline model", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\"What is the sea?\"", answer, StringComparison.Ordinal);
        Assert.Contains("…\"", await Ask(new string('x', 500)), StringComparison.Ordinal);
        Assert.Contains("offline model", (await _model.GetResponseAsync([], cancellationToken: Token)).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Stream_Answer_IsTheSameWordByWord()
    {
        var updates = await _model.GetStreamingResponseAsync("What?", cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(await Ask("What?"), string.Concat(updates.Select(update => update.Text)));
        Assert.True(updates.Count > 20);
        Assert.All(updates, update => Assert.Equal("offline", update.ModelId));
        Assert.All(updates[..^1], update => Assert.Null(update.FinishReason));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.NotNull(Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents)).Details);
    }

    [Fact]
    public async Task Respond_Usage_CountsFourCharactersAToken()
    {
        var response = await _model.GetResponseAsync("12345", cancellationToken: Token);
        Assert.Equal(2, response.Usage!.InputTokenCount);
        Assert.Equal((response.Text.Length + 3) / 4, response.Usage.OutputTokenCount);
        Assert.Equal(response.Usage.InputTokenCount + response.Usage.OutputTokenCount, response.Usage.TotalTokenCount);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal("offline", response.ModelId);
    }

    [Fact]
    public async Task Respond_TokenLimit_CutsTheAnswer()
    {
        var response = await _model.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 3 }, Token);
        Assert.Equal(12, response.Text.Length);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal(3, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task Respond_StopSequences_EndTheAnswerBeforeThem()
    {
        var whole = await Ask("x");
        Assert.Equal(whole[..whole.IndexOf("offline", StringComparison.Ordinal)], await Ask("x", new ChatOptions { StopSequences = ["\"x\"", "offline"] }));
        Assert.Equal(whole, await Ask("x", new ChatOptions { StopSequences = ["never said"] }));
    }

    [Theory]
    [InlineData("Please CALCULATE 2 * (3 + 4)!", "calculate", "2 * (3 + 4)")]
    [InlineData("What is the total of 1 and 2?", "calculate", "1 and 2")]
    [InlineData("the weather?", "get_weather", "the weather?")]
    [InlineData("What is it of?", null, null)]
    public async Task Respond_Tools_CallsTheOneThatTheWordsName(string text, string? name, string? arguments)
    {
        var response = await _model.GetResponseAsync(text, Tools, Token);
        var streamed = await _model.GetStreamingResponseAsync(text, Tools, Token).ToListAsync(Token);

        var call = response.Messages.Single().Contents.OfType<FunctionCallContent>().SingleOrDefault();
        Assert.Equal(name, call?.Name);
        Assert.Equal(name is null ? ChatFinishReason.Stop : ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal(call?.CallId, streamed.SelectMany(update => update.Contents).OfType<FunctionCallContent>().SingleOrDefault()?.CallId);
        if (arguments is not null)
            Assert.Contains(((JsonElement)call!.Arguments!.Single().Value!).GetString()!, arguments, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Respond_ToolsMayNotBeCalled_AnswersItself()
    {
        var options = Tools.Clone();
        options.ToolMode = ChatToolMode.None;
        Assert.Contains("offline model", await Ask("calculate 1", options), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Respond_ResultOfATool_IsInTheAnswer()
    {
        ChatMessage[] messages = [new(ChatRole.User, "calculate 1"), new(ChatRole.Assistant, [new FunctionCallContent("c", "calculate")]), new(ChatRole.Tool, [new FunctionResultContent("c", "one")])];
        var answer = (await _model.GetResponseAsync(messages, Tools, Token)).Text;
        Assert.Contains("The tool said: one ", answer, StringComparison.Ordinal);
        messages[2] = new(ChatRole.Tool, [new FunctionResultContent("c", "two")]);
        Assert.DoesNotContain(answer[answer.IndexOf("(Reply", StringComparison.Ordinal)..], (await _model.GetResponseAsync(messages, Tools, Token)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pace_Delay_IsWaitedForEachWord()
    {
        var clock = new InstantTimeProvider();
        var model = new OfflineChatClient(new OfflineModelOptions { PieceDelay = TimeSpan.FromSeconds(2) }, clock);
        var updates = await model.GetStreamingResponseAsync("x", cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(updates.Count - 1, clock.Waits.Count);
        Assert.All(clock.Waits, wait => Assert.Equal(TimeSpan.FromSeconds(2), wait));
        var whole = new InstantTimeProvider();
        await new OfflineChatClient(new OfflineModelOptions { PieceDelay = TimeSpan.FromSeconds(2) }, whole).GetResponseAsync("x", cancellationToken: Token);
        Assert.Equal([TimeSpan.FromSeconds(2 * (updates.Count - 1))], whole.Waits);
    }

    [Fact]
    public void Describe_Model_IsOffline()
    {
        var metadata = _model.GetService<ChatClientMetadata>()!;
        Assert.Equal(("offline", "offline"), (metadata.ProviderName, metadata.DefaultModelId));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":18,"maximum":20},"ok":{"type":"boolean"},"tags":{"type":"array","items":{"type":"string"},"minItems":3},"kind":{"enum":["a","b"]}},"required":["name","age","ok","tags","kind"]}""")]
    [InlineData("""{"type":"array","items":{"anyOf":[{"type":"null"},{"type":"number"}]}}""")]
    [InlineData("""{"type":["null","string"]}""")]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"},"value":{"type":"integer"}},"required":["value"]}""")]
    [InlineData("""{"$defs":{"Item":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}},"type":"object","properties":{"item":{"$ref":"#/$defs/Item"}},"required":["item"]}""")]
    public async Task Respond_Schema_IsFilledToFit(string text)
    {
        var schema = JsonElement.Parse(text);
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) };
        var answer = await Ask("tell me of ships and harbours", options);
        Assert.Equal(answer, await Ask("tell me of ships and harbours", options));
        Assert.True(JsonShape.Parse(schema).TryRead(JsonElement.Parse(answer), out _, out var errors), $"{answer}: {errors?[0]}");
    }

    [Fact]
    public async Task Respond_SchemaWithBounds_KeepsThem()
    {
        var schema = JsonElement.Parse(
            """{"type":"object","properties":{"n":{"type":"integer","minimum":18,"maximum":20},"r":{"type":"number","exclusiveMinimum":0,"maximum":1},"s":{"type":"string","minLength":30,"maxLength":40},"l":{"type":"array","items":{"type":"integer"},"maxItems":1},"c":{"const":"fixed"},"d":{"type":"string","format":"date-time"}}}""");
        for (var i = 0; i < 30; i++)
        {
            var answer = JsonElement.Parse(await Ask($"ships {i}", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) }));
            Assert.InRange(answer.GetProperty("n").GetInt32(), 18, 20);
            Assert.InRange(answer.GetProperty("r").GetDouble(), 0.001, 1);
            Assert.InRange(answer.GetProperty("s").GetString()!.Length, 30, 40);
            Assert.Equal(1, answer.GetProperty("l").GetArrayLength());
            Assert.Equal("fixed", answer.GetProperty("c").GetString());
            Assert.True(answer.GetProperty("d").TryGetDateTimeOffset(out _));
        }
    }

    [Fact]
    public async Task Respond_JsonWithoutSchema_IsAnObject() =>
        Assert.Contains("offline model", JsonElement.Parse(await Ask("x", new ChatOptions { ResponseFormat = ChatResponseFormat.Json })).GetProperty("answer").GetString(), StringComparison.OrdinalIgnoreCase);
}
