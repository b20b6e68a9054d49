using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Simulator.Ledgers;

namespace Serving.Simulator.Tests.Wires;

/// <summary>What every wire has to do, in its own words.</summary>
public sealed class AnswerTests
{
    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Whole_OfText_HasTextReasonAndUsage(string wire)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim~tokens=3", stream: false);

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Equal("sim~tokens=3", answer.Json.GetProperty("model").GetString());
        Assert.Equal("t0 t1 t2", Text(wire, answer.Json));
        Assert.Equal(wire == TestWire.Anthropic ? "end_turn" : "stop", Reason(wire, answer.Json));
        Assert.Equal((5, 3), Usage(wire, answer.Json.GetProperty("usage")));
    }

    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Stream_OfText_IsOneEventPerWrite(string wire)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim", stream: true);

        Assert.StartsWith("text/event-stream", answer.Header("Content-Type"), StringComparison.Ordinal);
        Assert.True(answer.IsComplete);
        Assert.All(answer.Chunks, chunk => Assert.True(
            chunk.EndsWith("\n\n", StringComparison.Ordinal) && chunk.IndexOf("\n\n", StringComparison.Ordinal) == chunk.Length - 2, $"'{chunk}' is not one event."));
        Assert.True(TestWire.IsLast(wire, answer.Chunks[^1]));
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 20).Select(index => $"t{index}")), StreamedText(wire, answer));
    }

    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Whole_WithTools_CallsThemAndThenAnswers(string wire)
    {
        await using var simulator = await TestSimulator.StartAsync();
        var body = TestWire.Body(wire, "sim~tool", stream: false, tools: true);

        var first = await RawConnection.AnswerAsync(simulator, TestWire.PathOf(wire, "sim~tool"), body);
        var (name, arguments, reason) = Call(wire, first.Json);
        body["messages"]!.AsArray().Add(Result(wire)); // the body has messages
        var second = await RawConnection.AnswerAsync(simulator, TestWire.PathOf(wire, "sim~tool"), body);

        Assert.Equal("weather", name);
        Assert.Equal("""{"city":"t0","days":1}""", arguments);
        Assert.Equal(wire == TestWire.Anthropic ? "tool_use" : "tool_calls", reason);
        Assert.StartsWith("t0 t1", Text(wire, second.Json), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Stream_WithTools_StreamsEachCallsArguments(string wire)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim~tool~calls=2~tokens=2", stream: true, tools: true);

        Assert.Equal("t0 t1", StreamedText(wire, answer));
        Assert.Equal(["""{"city":"t0","days":1}""", """{"city":"t0","days":1}"""], StreamedArguments(wire, answer));
        Assert.True(TestWire.HasReason(answer.Body));
    }

    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Answer_CutByLimitOrStop_SaysSo(string wire)
    {
        await using var simulator = await TestSimulator.StartAsync();
        var isAnthropic = wire == TestWire.Anthropic;
        var limited = TestWire.Body(wire, "sim", stream: false);
        limited["max_tokens"] = 4;
        var stopped = TestWire.Body(wire, "sim", stream: false);
        stopped[isAnthropic ? "stop_sequences" : "stop"] = new JsonArray("t5");

        var shortened = await RawConnection.AnswerAsync(simulator, TestWire.PathOf(wire, "sim"), limited);
        var ended = await RawConnection.AnswerAsync(simulator, TestWire.PathOf(wire, "sim"), stopped);

        Assert.Equal("t0 t1 t2 t3", Text(wire, shortened.Json));
        Assert.Equal(isAnthropic ? "max_tokens" : "length", Reason(wire, shortened.Json));
        Assert.Equal("t0 t1 t2 t3 t4 ", Text(wire, ended.Json));
        Assert.Equal(isAnthropic ? "stop_sequence" : "stop", Reason(wire, ended.Json));
    }

    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Key_MissingOrWrong_IsRefusedWith401(string wire)
    {
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { Key = "right" });
        var body = TestWire.Body(wire, "sim", stream: false);
        var path = TestWire.PathOf(wire, "sim");

        var missing = await RawConnection.AnswerAsync(simulator, path, body, key: null);
        var wrong = await RawConnection.AnswerAsync(simulator, path, body, key: "mistaken");
        var right = await RawConnection.AnswerAsync(simulator, path, body, key: "right");

        Assert.Equal((401, 401, 200), (missing.Status, wrong.Status, right.Status));
        Assert.DoesNotContain("mistaken", wrong.Body, StringComparison.Ordinal);
        await simulator.SettledAsync();
        Assert.Equal(2, simulator.Ledger.Of("sim").Ended("rejected"));
    }

    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Usage_WithCachedAndReasoning_IsWhatTheLedgerHas(string wire)
    {
        const string model = "sim~tokens=2~cached=3~reasoning=4";
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, model, stream: false);

        Assert.Equal((5, 6), Usage(wire, answer.Json.GetProperty("usage")));
        await simulator.SettledAsync();
        Assert.Equal(
            wire switch
            {
                TestWire.Anthropic => new TokenCounts(5, 3, 6, 0),
                TestWire.Mistral or TestWire.Cohere => new TokenCounts(5, 0, 6, 0),
                _ => new TokenCounts(5, 3, 6, 4),
            },
            simulator.Ledger.Of(model).Tokens);
    }

    private static string? Text(string wire, JsonElement json) => wire == TestWire.Anthropic
        ? json.GetProperty("content")[0].GetProperty("text").GetString()
        : json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();

    private static string? Reason(string wire, JsonElement json) =>
        (wire == TestWire.Anthropic ? json.GetProperty("stop_reason") : json.GetProperty("choices")[0].GetProperty("finish_reason")).GetString();

    private static (int Input, int Output) Usage(string wire, JsonElement usage) => wire == TestWire.Anthropic
        ? (usage.GetProperty("input_tokens").GetInt32() + usage.GetProperty("cache_read_input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32())
        : (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32());

    private static (string? Name, string? Arguments, string? Reason) Call(string wire, JsonElement json)
    {
        if (wire == TestWire.Anthropic)
        {
            var block = json.GetProperty("content")[0];
            return (block.GetProperty("name").GetString(), block.GetProperty("input").GetRawText(), Reason(wire, json));
        }

        var function = json.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
        return (function.GetProperty("name").GetString(), function.GetProperty("arguments").GetString(), Reason(wire, json));
    }

    private static JsonNode? Result(string wire) => JsonNode.Parse(wire == TestWire.Anthropic
        ? """{"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":"sunny"}]}"""
        : """{"role":"tool","tool_call_id":"x","content":"sunny"}""");

    private static string StreamedText(string wire, RawAnswer answer) => string.Concat(wire == TestWire.Anthropic
        ? answer.Events.Where(one => one.TryGetProperty("delta", out _)).Select(one => one.GetProperty("delta").TryGetProperty("text", out var text) ? text.GetString() : "")
        : Deltas(answer).Select(delta => delta.TryGetProperty("content", out var text) ? text.GetString() : ""));

    private static List<string> StreamedArguments(string wire, RawAnswer answer)
    {
        var pieces = wire == TestWire.Anthropic
            ? answer.Events
                .Where(one => one.TryGetProperty("delta", out var delta) && delta.TryGetProperty("partial_json", out _))
                .Select(one => (Call: one.GetProperty("index").GetInt32(), Text: one.GetProperty("delta").GetProperty("partial_json").GetString()))
            : Deltas(answer)
                .Where(delta => delta.TryGetProperty("tool_calls", out _))
                .Select(delta => delta.GetProperty("tool_calls")[0])
                .Select(call => (Call: call.GetProperty("index").GetInt32(), Text: call.GetProperty("function").GetProperty("arguments").GetString()));
        return [.. pieces.GroupBy(piece => piece.Call).Select(call => string.Concat(call.Select(piece => piece.Text)))];
    }

    private static IEnumerable<JsonElement> Deltas(RawAnswer answer) => answer.Events
        .Where(one => one.GetProperty("choices").GetArrayLength() > 0)
        .Select(one => one.GetProperty("choices")[0].GetProperty("delta"));
}
