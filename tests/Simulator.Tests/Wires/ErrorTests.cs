using System.Text.Json;

namespace Serving.Simulator.Tests.Wires;

/// <summary>What a provider complains about, in its own words and headers.</summary>
public sealed class ErrorTests
{
    public static MatrixTheoryData<string, string> Statuses =>
        new([.. TestWire.All.Select(row => row.Data)], ["400", "401", "402", "403", "404", "408", "409", "413", "422", "429", "500", "502", "503", "504", "529"]);

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Status_OnAnyWire_HasTheProvidersBody(string wire, string status)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var whole = await RawConnection.AnswerAsync(simulator, wire, "sim~" + status, stream: false);
        var streamed = await RawConnection.AnswerAsync(simulator, wire, "sim~" + status, stream: true);

        Assert.Equal(status, whole.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((whole.Status, "application/json", whole.Body), (streamed.Status, streamed.Header("Content-Type"), streamed.Body));
        AssertShape(wire, whole.Json, status);
    }

    [Theory]
    [InlineData("openai", "quota", 429, "insufficient_quota")]
    [InlineData("openai", "context", 400, "context_length_exceeded")]
    [InlineData("openai", "policy", 400, "content_policy_violation")]
    [InlineData("openai", "unknown-model", 404, "model_not_found")]
    [InlineData("azure", "quota", 429, "insufficient_quota")]
    [InlineData("azure", "context", 400, "context_length_exceeded")]
    [InlineData("azure", "policy", 400, "ResponsibleAIPolicyViolation")]
    [InlineData("azure", "unknown-model", 404, "DeploymentNotFound")]
    [InlineData("mistral", "quota", 402, "no balance")]
    [InlineData("mistral", "context", 400, "maximum context length")]
    [InlineData("mistral", "policy", 400, "content_policy")]
    [InlineData("mistral", "unknown-model", 400, "invalid_model")]
    [InlineData("cohere", "quota", 429, "quota")]
    [InlineData("cohere", "context", 400, "too many tokens")]
    [InlineData("cohere", "policy", 400, "content_policy")]
    [InlineData("cohere", "unknown-model", 404, "does not exist")]
    [InlineData("anthropic", "quota", 400, "credit balance is too low")]
    [InlineData("anthropic", "context", 400, "prompt is too long")]
    [InlineData("anthropic", "policy", 400, "content filtering policy")]
    [InlineData("anthropic", "unknown-model", 404, "not_found_error")]
    public async Task Complaint_OnAWire_IsTheProviders(string wire, string fault, int status, string says)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, wire, "sim~" + fault, stream: true);

        Assert.Equal(status, answer.Status);
        Assert.Contains(says, answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", "retry-after=2", "Retry-After", "2")]
    [InlineData("openai", "retry-after-date=61", "Retry-After", "Wed, 02 Jan 2030 03:05:06 GMT")]
    [InlineData("openai", "retry-after-ms=1500", "retry-after-ms", "1500")]
    [InlineData("openai", "reset-requests=90.5", "x-ratelimit-reset-requests", "1m30.5s")]
    [InlineData("openai", "reset-tokens=0.25", "x-ratelimit-reset-tokens", "250ms")]
    [InlineData("azure", "reset-tokens=9.5", "x-ratelimit-reset-tokens", "10")]
    [InlineData("mistral", "reset-requests=9.5", "x-ratelimit-reset-requests", "9.5")]
    [InlineData("cohere", "retry-after=7", "Retry-After", "7")]
    [InlineData("anthropic", "retry-after=7", "Retry-After", "7")]
    [InlineData("anthropic", "reset-requests=10", "anthropic-ratelimit-requests-reset", "2030-01-02T03:04:15Z")]
    [InlineData("anthropic", "reset-tokens=10", "anthropic-ratelimit-tokens-remaining", "0")]
    public async Task RetryHint_OnAWire_HasTheProvidersForm(string wire, string key, string header, string value)
    {
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { TimeProvider = new ManualTimeProvider() });

        foreach (var fault in (string[])["429", "503"])
            Assert.Equal(value, (await RawConnection.AnswerAsync(simulator, wire, $"sim~{fault}~{key}", stream: false)).Header(header));
        Assert.Null((await RawConnection.AnswerAsync(simulator, wire, "sim~429", stream: false)).Header(header));
    }

    [Theory]
    [InlineData("mistral", "max_completion_tokens", "5", 422, "\"loc\":[\"body\",\"max_completion_tokens\"]")]
    [InlineData("mistral", "stream_options", """{"include_usage":true}""", 422, "Extra inputs are not permitted")]
    [InlineData("cohere", "stream_options", """{"include_usage":true}""", 422, "{\"message\":\"")]
    public async Task Field_ThatAProviderDoesNotTake_IsRefused(string wire, string field, string value, int status, string says)
    {
        await using var simulator = await TestSimulator.StartAsync();
        var body = TestWire.Body(wire, "sim", stream: true);
        body[field] = System.Text.Json.Nodes.JsonNode.Parse(value);

        var answer = await RawConnection.AnswerAsync(simulator, TestWire.PathOf(wire, "sim"), body);

        Assert.Equal(status, answer.Status);
        Assert.Contains(says, answer.Body, StringComparison.Ordinal);
        await simulator.SettledAsync();
        Assert.Equal(1, simulator.Ledger.Of("sim").Ended("rejected"));
    }

    [Theory]
    [InlineData("openai", "messages", 400)]
    [InlineData("mistral", "messages", 422)]
    [InlineData("cohere", "messages", 400)]
    [InlineData("anthropic", "messages", 400)]
    [InlineData("anthropic", "max_tokens", 400)]
    public async Task Field_ThatIsMissing_IsAskedFor(string wire, string field, int status)
    {
        await using var simulator = await TestSimulator.StartAsync();
        var body = TestWire.Body(wire, "sim", stream: false);
        body.Remove(field);

        Assert.Equal(status, (await RawConnection.AnswerAsync(simulator, TestWire.PathOf(wire, "sim"), body)).Status);
    }

    [Fact]
    public async Task Request_ThatIsNoObject_IsRefused()
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, "/v1/chat/completions", new System.Text.Json.Nodes.JsonArray());

        Assert.Equal(400, answer.Status);
        await simulator.SettledAsync();
        Assert.Equal(1, simulator.Ledger.Of("?").Requests);
    }

    private static void AssertShape(string wire, JsonElement json, string status)
    {
        switch (wire)
        {
            case TestWire.Anthropic:
                Assert.Equal("error", json.GetProperty("type").GetString());
                Assert.EndsWith(status is "413" ? "large" : "_error", json.GetProperty("error").GetProperty("type").GetString(), StringComparison.Ordinal);
                Assert.NotEmpty(json.GetProperty("error").GetProperty("message").GetString()!);
                break;
            case TestWire.Cohere:
                Assert.Single(json.EnumerateObject());
                Assert.NotEmpty(json.GetProperty("message").GetString()!);
                break;
            case TestWire.Mistral when status == "401":
                Assert.Equal("Unauthorized", json.GetProperty("detail").GetString());
                break;
            case TestWire.Mistral:
                Assert.Equal("error", json.GetProperty("object").GetString());
                Assert.NotEmpty(json.GetProperty("message").GetString()!);
                break;
            default:
                Assert.NotEmpty(json.GetProperty("error").GetProperty("message").GetString()!);
                Assert.True(json.GetProperty("error").TryGetProperty("code", out _));
                break;
        }
    }
}
