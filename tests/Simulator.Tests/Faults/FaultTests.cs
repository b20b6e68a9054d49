using Serving.Simulator.Ledgers;

namespace Serving.Simulator.Tests.Faults;

/// <summary>Every fault as the socket sees it.</summary>
public sealed class FaultTests
{
    public static MatrixTheoryData<string, bool> Ways => new([.. TestWire.All.Select(row => row.Data)], [false, true]);

    public static MatrixTheoryData<string, string> Places => new([.. TestWire.All.Select(row => row.Data)], ["start", "after=0", "after=2", "tool"]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Hang_OnAnyWire_SendsNothingUntilTheClientLeaves(string wire, bool stream)
    {
        await using var simulator = await TestSimulator.StartAsync();

        using (var connection = await RawConnection.AskAsync(simulator, wire, "sim~hang", stream))
        {
            await simulator.Ledger.WhenAsync(ledger => ledger.Of("sim~hang").Hanging == 1, TestContext.Current.CancellationToken);
            Assert.Equal(0, connection.Unread);
        }

        await AssertEndedAsync(simulator, "sim~hang", "hang");
        Assert.Equal(0, simulator.Ledger.Total.StreamsBegun);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Stall_InAStream_StopsInItsPlace(string wire, string place)
    {
        await using var simulator = await TestSimulator.StartAsync();
        var model = Model("stall", place);
        RawAnswer answer;

        using (var connection = await RawConnection.AskAsync(simulator, wire, model, stream: true, tools: place == "tool"))
        {
            await simulator.Ledger.WhenAsync(ledger => ledger.Total.Hanging == 1, TestContext.Current.CancellationToken);
            answer = await connection.ReadUntilAsync(_ => connection.Unread == 0);
        }

        AssertPlace(answer, place);
        await AssertEndedAsync(simulator, model, "stall");
        Assert.Equal((1, 0, 1), Streams(simulator.Ledger.Total));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Reset_InAStream_IsAResetInItsPlace(string wire, string place)
    {
        await using var simulator = await TestSimulator.StartAsync();
        var model = Model("reset", place);

        var answer = await RawConnection.AnswerAsync(simulator, wire, model, stream: true, tools: place == "tool");

        Assert.True(answer.IsReset);
        if (place == "start")
            Assert.Empty(answer.Bytes);
        else
            AssertPlace(answer, place);
        await AssertEndedAsync(simulator, model, "reset");
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Cut_InAStream_IsAnEndWithoutReset(string wire, string place)
    {
        await using var simulator = await TestSimulator.StartAsync();
        var model = Model("cut", place);

        var answer = await RawConnection.AnswerAsync(simulator, wire, model, stream: true, tools: place == "tool");

        Assert.False(answer.IsReset);
        if (place == "start")
            Assert.Empty(answer.Bytes);
        else
        {
            Assert.False(answer.IsComplete);
            AssertPlace(answer, place);
        }

        await AssertEndedAsync(simulator, model, "cut");
        Assert.Equal(0, simulator.Ledger.Total.StreamsAborted);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Truncated_InAStream_EndsCleanlyWithoutReason(string wire, string place)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, Model("truncated", place), stream: true, tools: place == "tool");

        Assert.False(answer.IsReset);
        Assert.True(answer.IsComplete);
        Assert.False(TestWire.HasReason(answer.Body) || TestWire.IsLast(wire, answer.Body));
        AssertPlace(answer, place);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Error_InAStream_IsTheProvidersAndTheLastEvent(string wire, string place)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, Model("error", place) + "~status=529", stream: true, tools: place == "tool");

        Assert.Equal(200, answer.Status);
        Assert.True(answer.IsComplete);
        Assert.False(TestWire.HasReason(answer.Body));
        AssertPlace(answer, place);
        var last = answer.Events[^1];
        Assert.True(last.TryGetProperty("error", out _) || last.TryGetProperty("message", out _));
        if (wire == TestWire.Anthropic)
            Assert.StartsWith("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"", answer.Chunks[^1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Malformed_InAStream_IsOneBrokenEventAndThenTheRest(string wire, string place)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, Model("malformed", place), stream: true, tools: place == "tool");

        Assert.Single(answer.Chunks, chunk => chunk.EndsWith(":\n\n", StringComparison.Ordinal));
        Assert.True(answer.IsComplete);
        Assert.True(TestWire.IsLast(wire, answer.Body));
        AssertPlace(new RawAnswer([.. answer.Bytes.Take(answer.Bytes.AsSpan().IndexOf(":\n\n"u8))], false), place);
    }

    [Theory]
    [InlineData("stall", false, false)]
    [InlineData("reset", true, false)]
    [InlineData("cut", false, false)]
    [InlineData("truncated", false, true)]
    public async Task WholeAnswer_BrokenInTheMiddle_EndsAsTheFaultSays(string fault, bool isReset, bool isComplete)
    {
        await using var simulator = await TestSimulator.StartAsync();

        using var connection = await RawConnection.AskAsync(simulator, TestWire.OpenAi, $"sim~{fault}~at=text", stream: false);
        var answer = fault == "stall" ? await connection.ReadUntilAsync(one => one.Status == 200 && one.Body.Length > 100) : await connection.ReadToEndAsync();

        Assert.Equal((isReset, isComplete), (answer.IsReset, answer.IsComplete));
        Assert.StartsWith("{\"id\":", answer.Body, StringComparison.Ordinal);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => answer.Json);
        Assert.Equal(TokenCounts.Zero, simulator.Ledger.Total.Tokens);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Html_OnAnyWire_IsAPage(string wire, bool stream)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim~html", stream);

        Assert.Equal((200, "text/html; charset=utf-8"), (answer.Status, answer.Header("Content-Type")));
        Assert.StartsWith("<!DOCTYPE html>", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Empty_OnAnyWire_HasTheRightTypeAndNoBody(string wire, bool stream)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim~empty", stream);

        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.StartsWith(stream ? "text/event-stream" : "application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestWire.All), MemberType = typeof(TestWire))]
    public async Task Done_TwiceOrMissing_IsAllThatDiffers(string wire)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var usual = await RawConnection.AnswerAsync(simulator, wire, "sim", stream: true);
        var twice = await RawConnection.AnswerAsync(simulator, wire, "sim~done-twice", stream: true);
        var missing = await RawConnection.AnswerAsync(simulator, wire, "sim~done-missing", stream: true);

        Assert.Equal(usual.Chunks.Count + 1, twice.Chunks.Count);
        Assert.True(TestWire.IsLast(wire, twice.Chunks[^1]) && TestWire.IsLast(wire, twice.Chunks[^2]));
        Assert.Equal(usual.Chunks.Count - 1, missing.Chunks.Count);
        Assert.True(TestWire.HasReason(missing.Body) && !TestWire.IsLast(wire, missing.Body) && missing.IsComplete);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Huge_OnAnyWire_IsOneLineOfThatSize(string wire, bool stream)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim~huge~size=300000~tokens=2", stream);

        Assert.Equal(1, answer.Body.Split('\n').Count(line => line.Length > 300_000));
        Assert.Equal(300_000, answer.Body.Count(letter => letter == 'x') - answer.Body.Replace(new string('x', 300_000), "", StringComparison.Ordinal).Count(letter => letter == 'x'));
        Assert.True(answer.IsComplete);
        if (!stream)
            Assert.Equal(System.Text.Json.JsonValueKind.Object, answer.Json.ValueKind);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Comments_OnAnyWire_AreAllThereIs(string wire, bool stream)
    {
        await using var simulator = await TestSimulator.StartAsync();

        using var connection = await RawConnection.AskAsync(simulator, wire, "sim~comments~delay=1", stream);
        var answer = await connection.ReadUntilAsync(one => one.Chunks.Count >= 3);

        var expected = !stream ? "\n" : wire == TestWire.Anthropic ? "event: ping\ndata: {\"type\": \"ping\"}\n\n" : ": keep-alive\n\n";
        Assert.All(answer.Chunks, chunk => Assert.Equal(expected, chunk));
    }

    [Fact]
    public async Task Slow_InAStream_PacesEachPieceByTheClock()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var time = new ManualTimeProvider();
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { TimeProvider = time });

        using var connection = await RawConnection.AskAsync(simulator, TestWire.OpenAi, "sim~slow~delay=700~tokens=3", stream: true);
        for (var piece = 0; piece < 3; piece++)
        {
            Assert.Equal(TimeSpan.FromMilliseconds(700), await time.NextDelayAsync(cancellationToken));
            var before = await connection.ReadUntilAsync(one => one.Chunks.Count == piece + 1);
            Assert.Equal(piece, before.Events.Count(one => one.GetRawText().Contains("\"content\":\"t", StringComparison.Ordinal) || one.GetRawText().Contains("\"content\":\" t", StringComparison.Ordinal)));
            time.Advance(TimeSpan.FromMilliseconds(700));
        }

        Assert.True(TestWire.IsLast(TestWire.OpenAi, (await connection.ReadToEndAsync()).Body));
    }

    [Fact]
    public async Task Refusal_OnOpenAi_StandsInItsField()
    {
        await using var simulator = await TestSimulator.StartAsync();

        var whole = await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim~refusal", stream: false);
        var streamed = await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim~refusal", stream: true);

        Assert.Equal("t0 t1 t2", whole.Json.GetProperty("choices")[0].GetProperty("message").GetProperty("refusal").GetString());
        Assert.Equal(3, streamed.Chunks.Count(chunk => chunk.Contains("\"delta\":{\"refusal\":\"", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Filter_OnAnyWire_IsTheReason(string wire, bool stream)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim~filter", stream);

        Assert.Contains(wire == TestWire.Anthropic ? "\"stop_reason\":\"refusal\"" : "\"finish_reason\":\"content_filter\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embeddings_UnderAFault_FailLikeChats()
    {
        await using var simulator = await TestSimulator.StartAsync();

        var reset = await RawConnection.AnswerAsync(simulator, "/v1/embeddings", new System.Text.Json.Nodes.JsonObject { ["model"] = "sim~reset", ["input"] = "x" });
        var limited = await RawConnection.AnswerAsync(simulator, "/v1/embeddings", new System.Text.Json.Nodes.JsonObject { ["model"] = "sim~429", ["input"] = "x" });
        var truncated = await RawConnection.AnswerAsync(simulator, "/v1/embeddings", new System.Text.Json.Nodes.JsonObject { ["model"] = "sim~truncated", ["input"] = "x" });

        Assert.True(reset.IsReset);
        Assert.Equal(429, limited.Status);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => truncated.Json);
    }

    private static string Model(string fault, string place) => place switch
    {
        "start" or "tool" => $"sim~{fault}~at={place}",
        _ => $"sim~{fault}~{place}",
    };

    /// <summary>What was sent is what stands before the place.</summary>
    private static void AssertPlace(RawAnswer answer, string place)
    {
        var sent = answer.Body;
        var pieces = answer.Chunks.Count(chunk => chunk.Contains("\"content\":\"t", StringComparison.Ordinal) || chunk.Contains("\"content\":\" t", StringComparison.Ordinal)
            || chunk.Contains("text_delta", StringComparison.Ordinal));
        Assert.Equal(200, answer.Status);
        if (place == "tool")
        {
            Assert.Contains("1}\"", sent, StringComparison.Ordinal);
            Assert.False(TestWire.HasReason(sent));
            Assert.Equal(0, pieces);
            return;
        }

        Assert.Equal(place == "after=2" ? 2 : 0, pieces);
        if (place == "start")
            Assert.DoesNotContain("assistant", sent, StringComparison.Ordinal);
        else
            Assert.Contains("assistant", sent, StringComparison.Ordinal);
    }

    private static (long Begun, long Finished, long Aborted) Streams(Tally tally) => (tally.StreamsBegun, tally.StreamsFinished, tally.StreamsAborted);

    private static async Task AssertEndedAsync(SimulatorHost simulator, string model, string outcome)
    {
        await simulator.SettledAsync();
        Assert.Equal(1, simulator.Ledger.Of(model).Ended(outcome));
        await simulator.Ledger.WhenAsync(ledger => ledger.OpenConnections == 0, TestContext.Current.CancellationToken);
    }
}
