using System.Text.Json.Nodes;

namespace Serving.Simulator.Tests.Wires;

/// <summary>What one wire has and others have not.</summary>
public sealed class ProviderDetailTests
{
    [Fact]
    public async Task OpenAi_AskedForUsage_SendsItInAnEventOfItsOwn()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var body = TestWire.Body(TestWire.OpenAi, "sim~tokens=2", stream: true);
        body["stream_options"] = new JsonObject { ["include_usage"] = true };

        var answer = await RawConnection.AnswerAsync(simulator, "/v1/chat/completions", body);
        var unasked = await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim~tokens=2", stream: true);

        Assert.Equal(0, answer.Events[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(7, answer.Events[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.All(answer.Events.SkipLast(1), one => Assert.Equal(System.Text.Json.JsonValueKind.Null, one.GetProperty("usage").ValueKind));
        Assert.DoesNotContain("usage", unasked.Body, StringComparison.Ordinal);
        await simulator.SettledAsync();
        Assert.Equal(5, simulator.Ledger.Total.Tokens.Input);
    }

    [Fact]
    public async Task OpenAi_UsageOptionsWithoutStream_AreRefused()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var body = TestWire.Body(TestWire.OpenAi, "sim", stream: false);
        body["stream_options"] = new JsonObject { ["include_usage"] = true };

        Assert.Equal(400, (await RawConnection.AnswerAsync(simulator, "/v1/chat/completions", body)).Status);
    }

    [Fact]
    public async Task Azure_Streaming_BeginsWithThePromptsFilter()
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, TestWire.Azure, "sim", stream: true);

        Assert.Equal(0, answer.Events[0].GetProperty("choices").GetArrayLength());
        Assert.False(answer.Events[0].GetProperty("prompt_filter_results")[0].GetProperty("content_filter_results").GetProperty("hate").GetProperty("filtered").GetBoolean());
        Assert.All(answer.Events.Skip(1), one => Assert.True(one.GetProperty("choices")[0].TryGetProperty("content_filter_results", out _)));
    }

    [Fact]
    public async Task Azure_WithoutApiVersion_IsNotFound()
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, "/openai/deployments/sim/chat/completions", TestWire.Body(TestWire.Azure, "sim", stream: false));

        Assert.Equal((404, "404"), (answer.Status, answer.Json.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Azure_Model_IsTheDeployment()
    {
        await using var simulator = await TestSimulator.StartAsync();

        await RawConnection.AnswerAsync(simulator, TestWire.PathOf(TestWire.Azure, "mine~tokens=1"), TestWire.Body(TestWire.Azure, "other", stream: false));

        await simulator.SettledAsync();
        Assert.Equal(["mine~tokens=1"], simulator.Ledger.Models.Keys);
        Assert.Equal("azure/chat", Assert.Single(simulator.Ledger.Attempts).Endpoint);
    }

    [Theory]
    [InlineData(TestWire.Mistral)]
    [InlineData(TestWire.Cohere)]
    public async Task UsageUnasked_InAStream_ComesWithTheReason(string wire)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim~tokens=2", stream: true);

        Assert.Equal("stop", answer.Events[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(7, answer.Events[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Anthropic_Streaming_HasItsEventsInOrder()
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, TestWire.Anthropic, "sim~tool~tokens=1", stream: true, tools: true);

        Assert.Equal(
            ["message_start", "content_block_start", "ping", "content_block_delta", "content_block_stop", "content_block_start",
             "content_block_delta", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            answer.Chunks.Select(chunk => chunk.Split('\n')[0]["event: ".Length..]));
        Assert.All(answer.Events, one => Assert.Contains("event: " + one.GetProperty("type").GetString(), answer.Body, StringComparison.Ordinal));
        Assert.Equal(5, answer.Events[0].GetProperty("message").GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task Anthropic_WithoutItsVersion_IsRefused()
    {
        await using var simulator = await TestSimulator.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(simulator.BaseAddress, "v1/messages"));
        request.Content = new StringContent(TestWire.Body(TestWire.Anthropic, "sim", stream: false).ToJsonString());
        request.Headers.Add("x-api-key", "k");

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("anthropic-version", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResponseFormat_WithASchema_IsAnsweredByADocumentOfIt()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var body = TestWire.Body(TestWire.OpenAi, "sim~tokens=1", stream: true);
        body["response_format"] = JsonNode.Parse("""
            {"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"a":{"type":"array","items":{"enum":["é\"x"]}},"b":{"anyOf":[{"type":"number","minimum":3}]},"c":{"type":["string","null"]}}}}}
            """);

        var answer = await RawConnection.AnswerAsync(simulator, "/v1/chat/completions", body);

        var text = string.Concat(answer.Events.Select(one => one.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var piece) ? piece.GetString() : ""));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"a":["é\"x"],"b":3,"c":"t0"}"""), JsonNode.Parse(text)));
    }

    [Fact]
    public async Task Embeddings_OfTheSameText_AreTheSameVector()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var request = new JsonObject { ["model"] = "sim", ["input"] = new JsonArray("one two", "three", "one two"), ["dimensions"] = 4 };

        var plain = await RawConnection.AnswerAsync(simulator, "/v1/embeddings", request);
        request["encoding_format"] = "base64";
        var encoded = await RawConnection.AnswerAsync(simulator, "/mistral/v1/embeddings", request);

        var vectors = plain.Json.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray()).ToList();
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
        Assert.Equal(4, vectors[0].Length);
        Assert.Equal(5, plain.Json.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        var bytes = Convert.FromBase64String(encoded.Json.GetProperty("data")[1].GetProperty("embedding").GetString()!);
        Assert.Equal(vectors[1], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    [Fact]
    public async Task Models_WithAndWithoutKey_AreListedOrRefused()
    {
        await using var simulator = await TestSimulator.StartAsync();
        using var http = new HttpClient();
        using var refused = await http.GetAsync(new Uri(simulator.BaseAddress, "v1/models"), TestContext.Current.CancellationToken);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "k");

        var models = await http.GetStringAsync(new Uri(simulator.BaseAddress, "cohere/v1/models"), TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("\"id\":\"sim\"", models, StringComparison.Ordinal);
        Assert.Equal(0, simulator.Ledger.Total.Requests);
    }
}
