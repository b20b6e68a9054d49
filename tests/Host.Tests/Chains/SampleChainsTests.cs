using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Serving.Host.Tests.Chains;

public sealed class SampleChainsTests : IAsyncLifetime
{
    private RunningHost _host = null!; // set before every test

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Joke_Invoke_AnswersPlainlyAsTheOfflineModelAboutTheTopic()
    {
        var output = (await InvokeAsync("/joke", new { input = new { topic = "purple parrots" } })).GetString();

        Assert.Contains("offline model", output);
        Assert.Contains("purple parrots", output);
    }

    [Fact]
    public async Task Joke_Prompt_HoldsTheTopicVerbatimInItsHumanMessage()
    {
        var answer = await _host.Client.PostAsJsonAsync("/joke/stream_events", new { input = new { topic = "{odd} \"topic\"" }, include_types = new[] { "prompt" } }, Cancellation);

        var events = await answer.Content.ReadAsStringAsync(Cancellation);

        Assert.Contains("Tell me a joke about {odd} \\\"topic\\\"", events);
    }

    [Fact]
    public async Task Joke_Stream_ComesWordByWord()
    {
        var answer = await _host.Client.PostAsJsonAsync("/joke/stream", new { input = new { topic = "parrots" } }, Cancellation);

        var pieces = (await answer.Content.ReadAsStringAsync(Cancellation)).Split("event: data\r\n").Length - 1;

        Assert.True(pieces > 10, $"{pieces} pieces");
    }

    [Fact]
    public async Task Chat_Messages_GivesAnAssistantMessageWithUsage()
    {
        var output = await InvokeAsync("/chat", new { input = new[] { new { type = "human", content = "Hello!" } } });

        Assert.Equal("ai", output.GetProperty("type").GetString());
        Assert.True(output.GetProperty("usage_metadata").GetProperty("output_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Translate_LanguageConfigured_ReachesThePrompt()
    {
        var answer = await _host.Client.PostAsJsonAsync(
            "/translate/stream_events",
            new { input = new { text = "Good morning" }, config = new { configurable = new { language = "Welsh" } }, include_types = new[] { "prompt" } },
            Cancellation);

        Assert.Contains("into Welsh", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Extract_Text_GivesJsonOfItsSchema()
    {
        var output = await InvokeAsync("/extract", new { input = new { text = "Ada Lovelace wrote the first program in London in 1843." } });

        Assert.Equal(JsonValueKind.String, output.GetProperty("subject").ValueKind);
        Assert.Equal(JsonValueKind.String, output.GetProperty("summary").ValueKind);
        Assert.Equal(JsonValueKind.Array, output.GetProperty("details").ValueKind);
    }

    [Fact]
    public async Task Compare_Question_GivesBothModelsAnswers()
    {
        var output = await InvokeAsync("/compare", new { input = new { question = "Why is the sky blue?" } });

        Assert.NotEqual(output.GetProperty("default").GetString(), output.GetProperty("fast").GetString());
    }

    [Fact]
    public async Task Assistant_Sum_IsWorkedOutByTheTool()
    {
        var output = await InvokeAsync("/assistant", new { input = "Please calculate (2 + 3) * 4.5, quickly." });

        Assert.Contains("The tool said: 22.5 ", output.GetProperty("content").GetString());
        Assert.Equal("stop", output.GetProperty("response_metadata").GetProperty("finish_reason").GetString());
        Assert.Empty(output.GetProperty("tool_calls").EnumerateArray());
    }

    [Fact]
    public async Task Assistant_Stream_GivesTheAnswerWordByWord()
    {
        var whole = (await InvokeAsync("/assistant", new { input = "calculate 6 * 7" })).GetProperty("content").GetString();
        var answer = await _host.Client.PostAsJsonAsync("/assistant/stream", new { input = "calculate 6 * 7" }, Cancellation);

        var pieces = (await answer.Content.ReadAsStringAsync(Cancellation)).Split("\r\n")
            .Where(line => line.StartsWith("data: {\"content\"", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line["data: ".Length..]).GetProperty("content").GetString())
            .ToList();

        Assert.True(pieces.Count > 10, $"{pieces.Count} pieces");
        Assert.Equal(whole, string.Concat(pieces));
    }

    [Fact]
    public async Task Assistant_StreamEvents_TellsModelToolAndModel()
    {
        var answer = await _host.Client.PostAsJsonAsync("/assistant/stream_events", new { input = "calculate 1 / 0" }, Cancellation);

        var events = (await answer.Content.ReadAsStringAsync(Cancellation)).Split("\r\n")
            .Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line["data: ".Length..]))
            .ToList();

        Assert.Equal(
            ["on_chain_start", "on_chat_model_start", "on_chat_model_end", "on_tool_start", "on_chat_model_start", "on_chat_model_end", "on_chain_end"],
            events.Select(item => item.GetProperty("event").GetString()).Where(kind => !kind!.EndsWith("_stream", StringComparison.Ordinal)));
        Assert.Contains("divides by zero", events[^1].GetProperty("data").GetProperty("output").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Assistant_Time_IsToldByTheTool()
    {
        var output = await InvokeAsync("/assistant", new { input = "What time is it?" });

        Assert.Matches(@"The tool said: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC ", output.GetProperty("content").GetString());
    }

    private async Task<JsonElement> InvokeAsync(string chain, object request)
    {
        var answer = await _host.Client.PostAsJsonAsync($"{chain}/invoke", request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("output");
    }
}
