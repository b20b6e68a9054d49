using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Serving.Providers.Errors;
using Serving.Providers.OpenAi;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.OpenAi;

public sealed class ProviderErrorsTests
{
    private const string Secret = ScriptedProvider.Key;

    [Theory]
    [InlineData(400, "{}", ErrorKind.BadRequest, ProviderFault.Caller, null)]
    [InlineData(400, """{"error":{"message":"m","type":"invalid_request_error","code":"context_length_exceeded"}}""", ErrorKind.ContextTooLong, ProviderFault.Caller, "context_length_exceeded")]
    [InlineData(400, """{"object":"error","message":"This model's maximum context length is 10 tokens","type":"BadRequestError","code":400}""", ErrorKind.ContextTooLong, ProviderFault.Caller, "BadRequestError")]
    [InlineData(400, """{"message":"too many tokens: the prompt is too long"}""", ErrorKind.ContextTooLong, ProviderFault.Caller, null)]
    [InlineData(400, """{"error":{"code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", ErrorKind.ContentRejected, ProviderFault.Caller, "content_filter")]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-canary-5f1d","code":"invalid_api_key"}}""", ErrorKind.BadGateway, ProviderFault.HardDown, "invalid_api_key")]
    [InlineData(402, "", ErrorKind.BadGateway, ProviderFault.HardDown, null)]
    [InlineData(403, """{"error":{"message":"Your input was flagged","code":"moderation_blocked"}}""", ErrorKind.ContentRejected, ProviderFault.Caller, "moderation_blocked")]
    [InlineData(400, """{"error":{"code":"billing_hard_limit_reached","type":"invalid_request_error"}}""", ErrorKind.BadGateway, ProviderFault.HardDown, "billing_hard_limit_reached")]
    [InlineData(400, """{"object":"error","message":"Invalid model: x","type":"invalid_model","code":"1500"}""", ErrorKind.BadGateway, ProviderFault.HardDown, "invalid_model")]
    [InlineData(404, """{"error":{"code":"DeploymentNotFound","message":"m"}}""", ErrorKind.BadGateway, ProviderFault.HardDown, "DeploymentNotFound")]
    [InlineData(422, """{"detail":[{"type":"missing","msg":"Field required","input":{"content":"insufficient_quota model_not_found content_filter"}}]}""", ErrorKind.BadRequest, ProviderFault.Caller, "missing")]
    [InlineData(502, "<html>Bad gateway</html>", ErrorKind.ProviderUnavailable, ProviderFault.Transient, null)]
    [InlineData(403, "sk-canary-5f1d", ErrorKind.BadGateway, ProviderFault.HardDown, null)]
    [InlineData(404, """{"error":"model 'x' not found"}""", ErrorKind.BadGateway, ProviderFault.HardDown, null)]
    [InlineData(408, "", ErrorKind.Timeout, ProviderFault.Transient, null)]
    [InlineData(409, "", ErrorKind.ProviderUnavailable, ProviderFault.Transient, null)]
    [InlineData(413, "", ErrorKind.TooLarge, ProviderFault.Caller, null)]
    [InlineData(422, """{"detail":[{"msg":"field required"}]}""", ErrorKind.BadRequest, ProviderFault.Caller, null)]
    [InlineData(429, """{"error":{"code":"rate_limit_exceeded"}}""", ErrorKind.RateLimited, ProviderFault.Transient, "rate_limit_exceeded")]
    [InlineData(429, """{"error":{"code":"insufficient_quota"}}""", ErrorKind.BadGateway, ProviderFault.HardDown, "insufficient_quota")]
    [InlineData(500, "<html>sk-canary-5f1d</html>", ErrorKind.ProviderUnavailable, ProviderFault.Transient, null)]
    [InlineData(503, """[{"error":{"status":"UNAVAILABLE"}}]""", ErrorKind.ProviderUnavailable, ProviderFault.Transient, "UNAVAILABLE")]
    [InlineData(504, "", ErrorKind.Timeout, ProviderFault.Transient, null)]
    [InlineData(529, "", ErrorKind.ProviderUnavailable, ProviderFault.Transient, null)]
    [InlineData(302, "", ErrorKind.BadGateway, ProviderFault.HardDown, null)]
    public async Task Status_WithBody_IsClassifiedTheSameWholeAndStreamed(int status, string body, ErrorKind kind, ProviderFault fault, string? code)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(body, status);

        var whole = await Assert.ThrowsAsync<ProviderException>(() => provider.AskAsync());
        var streamed = await Assert.ThrowsAsync<ProviderException>(() => provider.StreamAsync());

        foreach (var error in new[] { whole, streamed })
        {
            Assert.Equal((kind, fault, code, status), (error.Kind, error.Fault, error.ProviderCode, error.ProviderStatus));
            AssertDiscreet(error, provider);
        }
    }

    [Theory]
    [InlineData("Retry-After", "7", 7d)]
    [InlineData("Retry-After", "1.5", 1.5d)]
    [InlineData("Retry-After", "-3", 0d)]
    [InlineData("Retry-After", "99999999999999", 86400d)]
    [InlineData("Retry-After", "Sat, 01 Jan 2000 00:00:30 GMT", 30d)]
    [InlineData("retry-after-ms", "250", 0.25d)]
    [InlineData("x-ratelimit-reset-requests", "6m0.5s", 360.5d)]
    [InlineData("x-ratelimit-reset-tokens", "20ms", 0.02d)]
    [InlineData("x-ratelimit-reset", "946684810", 10d)]
    [InlineData("x-ratelimit-reset", "946684810000", 10d)]
    [InlineData("x-ratelimit-reset", "4", 4d)]
    [InlineData("anthropic-ratelimit-requests-reset", "2000-01-01T00:00:12Z", 12d)]
    [InlineData("anthropic-ratelimit-input-tokens-reset", "2000-01-01T01:00:07+01:00", 7d)]
    [InlineData("anthropic-ratelimit-tokens-reset", "1999-12-31T23:59:59Z", 0d)]
    [InlineData("Retry-After", "soon", null)]
    [InlineData("x-ratelimit-reset", "5parsecs", null)]
    public async Task RetryAfter_EveryForm_IsRead(string header, string value, double? seconds)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("{}", 429, headers: (header, value));
        var client = new OpenAiChatClient(provider.Http, new OpenAiClientOptions
        {
            ModelId = "m",
            BaseUrl = provider.BaseUrl,
            ApiKey = () => Secret,
            TimeProvider = new FixedTimeProvider(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)),
        });

        var error = await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), error.RetryAfter);
    }

    [Fact]
    public async Task RetryAfter_SeveralBudgets_CountsThoseThatAreSpent()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(
            "{}", 429, headers: [("x-ratelimit-reset-requests", "9s"), ("x-ratelimit-remaining-requests", "5"), ("x-ratelimit-reset-tokens", "2s"), ("x-ratelimit-remaining-tokens", "0")]);

        Assert.Equal(TimeSpan.FromSeconds(2), (await Assert.ThrowsAsync<ProviderException>(() => provider.AskAsync())).RetryAfter);
    }

    [Fact]
    public async Task RetryAfter_BudgetsOfAnthropic_CountsThoseThatAreSpent()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(
            """{"type":"error","error":{"type":"rate_limit_error"}}""",
            429,
            headers:
            [
                ("anthropic-ratelimit-requests-reset", "2000-01-01T00:00:50Z"), ("anthropic-ratelimit-requests-remaining", "5"),
                ("anthropic-ratelimit-output-tokens-reset", "2000-01-01T00:00:20Z"), ("anthropic-ratelimit-output-tokens-remaining", "0"),
                ("anthropic-ratelimit-input-tokens-reset", "2000-01-01T00:00:30Z"), ("anthropic-ratelimit-input-tokens-remaining", "0"),
            ]);
        var client = provider.Anthropic(options => options with { TimeProvider = new FixedTimeProvider(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)) });

        Assert.Equal(TimeSpan.FromSeconds(30), (await Assert.ThrowsAsync<ProviderException>(() => client.AskAsync())).RetryAfter);
    }

    [Theory]
    [InlineData("""{"error":{"code":500},"usage":{"prompt_tokens":9,"completion_tokens":2}}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}""")]
    [InlineData("""{"usage":{"prompt_tokens":9,"completion_tokens":2},"choices":[{"message""")]
    public async Task WholeAnswer_FailsAndToldUsage_CarriesIt(string body)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(body);

        var usage = (await Assert.ThrowsAsync<ProviderException>(() => provider.AskAsync())).Usage;

        Assert.Equal((9, 2, 11), (usage?.InputTokenCount, usage?.OutputTokenCount, usage?.TotalTokenCount));
    }

    [Fact]
    public async Task Stream_FailsAndToldUsage_CarriesWhatNoUpdateTold()
    {
        await using var provider = await ScriptedProvider.StreamingAsync(
            """data: {"choices":[{"delta":{"content":"A"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}""" + "\n\n"
            + """data: {"error":{"code":500},"usage":{"prompt_tokens":9,"completion_tokens":4}}""" + "\n\n");
        var updates = new List<ChatResponseUpdate>();

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.Client().StreamAsync(into: updates));

        Assert.Equal((9, 1), (updates.UsageOf().InputTokenCount, updates.UsageOf().OutputTokenCount));
        Assert.Equal((0, 3), (error.Usage?.InputTokenCount, error.Usage?.OutputTokenCount));
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"Hel""", "application/json", ErrorKind.BadGateway, ProviderFault.Transient)]
    [InlineData("""{"choices":[]}""", "application/json", ErrorKind.BadGateway, ProviderFault.Transient)]
    [InlineData("""{"choices":[{"message":{"content":"\ud83d"}}]}""", "application/json", ErrorKind.BadGateway, ProviderFault.Transient)]
    [InlineData("[]", "application/json", ErrorKind.BadGateway, ProviderFault.Transient)]
    [InlineData("", "application/json", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData("<html>sk-canary-5f1d</html>", "text/html", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData("""{"error":{"message":"sk-canary-5f1d","code":429}}""", "application/json", ErrorKind.RateLimited, ProviderFault.Transient)]
    [InlineData("""{"message":"sk-canary-5f1d"}""", "application/json", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    public async Task WholeAnswer_NotOne_IsAProvidersError(string body, string type, ErrorKind kind, ProviderFault fault)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(body, type: type);

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.AskAsync());

        Assert.Equal((kind, fault), (error.Kind, error.Fault));
        AssertDiscreet(error, provider);
    }

    [Theory]
    [InlineData("", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData("""data: {"choices":[{"delta":{"content":"A"}}]}""" + "\n\n", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData("data: {\"choices\":[{\"delta\"\n\n", ErrorKind.BadGateway, ProviderFault.Transient)]
    [InlineData("data: sk-canary-5f1d\n\n", ErrorKind.BadGateway, ProviderFault.Transient)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}\n\n", ErrorKind.BadGateway, ProviderFault.Transient)]
    [InlineData("data: {\"error\":{\"message\":\"sk-canary-5f1d\",\"type\":\"server_error\"}}\n\n", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData("data: {\"error\":{\"code\":\"429\"},\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n", ErrorKind.RateLimited, ProviderFault.Transient)]
    [InlineData("data: {\"error\":{\"code\":0}}\n\n", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData("data: {\"error\":{\"code\":\"context_length_exceeded\"}}\n\n", ErrorKind.ContextTooLong, ProviderFault.Caller)]
    [InlineData("event: error\ndata: sk-canary-5f1d\n\n", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData("event: error\ndata: {\"type\":\"invalid_request_error\"}\n\n", ErrorKind.BadRequest, ProviderFault.Caller)]
    public async Task Stream_GoesWrong_IsAProvidersError(string body, ErrorKind kind, ProviderFault fault)
    {
        await using var provider = await ScriptedProvider.StreamingAsync(body);

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.StreamAsync());

        Assert.Equal((kind, fault), (error.Kind, error.Fault));
        AssertDiscreet(error, provider);
    }

    [Fact]
    public async Task Stream_WrongContentType_SaysTheBaseUrlMayBeWrong()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("<html>", type: "text/html");

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.StreamAsync());

        Assert.Equal((ErrorKind.BadGateway, ProviderFault.HardDown), (error.Kind, error.Fault));
        Assert.Contains("base URL", error.Message);
    }

    [Fact]
    public async Task Connection_ResetBeforeHeaders_IsTransient()
    {
        await using var provider = await ScriptedProvider.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        foreach (var error in new[] { await Assert.ThrowsAsync<ProviderException>(() => provider.AskAsync()), await Assert.ThrowsAsync<ProviderException>(() => provider.StreamAsync()) })
        {
            Assert.Equal((ErrorKind.ProviderUnavailable, ProviderFault.Transient), (error.Kind, error.Fault));
            AssertDiscreet(error, provider);
        }
    }

    [Fact]
    public async Task Connection_ResetInTheAnswer_IsTransientAfterWhatCame()
    {
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("""data: {"choices":[{"delta":{"content":"A"}}]}""" + "\n\n");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.StreamAsync());
        var whole = await Assert.ThrowsAsync<ProviderException>(() => provider.AskAsync());

        Assert.Equal((ErrorKind.ProviderUnavailable, ProviderFault.Transient), (error.Kind, error.Fault));
        Assert.Equal((ErrorKind.ProviderUnavailable, ProviderFault.Transient), (whole.Kind, whole.Fault));
        Assert.Contains("broke off", error.Message);
    }

    [Fact]
    public async Task Connection_Refused_IsUnavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var http = new HttpClient();
        var client = new OpenAiChatClient(http, new OpenAiClientOptions { ModelId = "m", BaseUrl = new Uri($"http://127.0.0.1:{port}/v1"), ApiKey = () => Secret });

        var error = await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal((ErrorKind.ProviderUnavailable, ProviderFault.Transient), (error.Kind, error.Fault));
        Assert.Equal("Model 'm' of provider 'openai' cannot be reached.", error.Message);
        Assert.DoesNotContain(Secret, error.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silence_ClientTimesOut_IsATimeoutAndCallersCancelIsNot(bool caller)
    {
        var called = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            called.TrySetResult();
            var aborted = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(aborted.SetResult);
            await aborted.Task;
        });
        if (!caller)
            provider.Http.Timeout = TimeSpan.FromMilliseconds(300);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var call = provider.Client().GetResponseAsync("Hi", cancellationToken: cancel.Token);
        if (caller)
        {
            await called.Task.WaitAsync(TestContext.Current.CancellationToken);
            await cancel.CancelAsync();
            var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
            Assert.Equal(cancel.Token, canceled.CancellationToken);
        }
        else
        {
            var error = await Assert.ThrowsAsync<ProviderException>(() => call);
            Assert.Equal((ErrorKind.Timeout, ProviderFault.Transient), (error.Kind, error.Fault));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("sk-canary-5f1d\nX-Other: 1")]
    [InlineData("sk-canary-5f1d-ü")]
    public async Task Key_NoneThatAHeaderCarries_FailsWithoutACall(string? key)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("{}");

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.Client(key: () => key).GetResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal((ErrorKind.BadGateway, ProviderFault.HardDown), (error.Kind, error.Fault));
        Assert.DoesNotContain("canary", error.ToString());
        Assert.Empty(provider.Calls);
    }

    [Fact]
    public async Task Key_CannotBeRead_FailsAsAProvidersError()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("{}");
        var cause = new IOException("gone");

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.Client(key: () => throw cause).GetResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Same(cause, error.InnerException);
        Assert.Equal(ProviderFault.HardDown, error.Fault);
    }

    private static void AssertDiscreet(ProviderException error, ScriptedProvider provider)
    {
        Assert.DoesNotContain(Secret, error.ToString());
        Assert.DoesNotContain(provider.BaseUrl.Authority, error.Message);
        Assert.Contains("odel 'test-model'", error.Message);
        Assert.Contains("rovider 'openai'", error.Message);
    }

    private sealed class FixedTimeProvider(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
