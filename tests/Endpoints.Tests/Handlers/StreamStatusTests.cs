using Microsoft.AspNetCore.Builder;
using Serving.Runtime.Errors;
using Serving.Runtime.Schemas;

namespace Serving.Endpoints.Tests.Handlers;

public sealed class StreamStatusTests
{
    public static TheoryData<string, int, string, string?> Failures => new()
    {
        { "hidden", 500, "Internal Server Error", null },
        { "teapot", 418, "teapot says no", null },
        { "invalid", 422, "topic: Not that one", null },
        { "rate", 429, "Slow down.", "3" },
        { "timeout", 504, "Too slow.", null },
        { "context", 400, "Too long.", null },
        { "provider", 503, "Gone.", "1" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Stream_FailsBeforeItsFirstChunk_HasTheRealStatus(string kind, int status, string message, string? retryAfter)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/f", TestChains.Failing(() => ErrorOf(kind))));
        using var client = app.CreateClient();

        foreach (var endpoint in new[] { "stream", "invoke" })
        {
            using var response = await client.PostAsync($"/f/{endpoint}", """{"input": 1}""");
            var json = await response.JsonAsync();

            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(message, json.Message());
            Assert.True(json.GetProperty("run_id").TryGetGuid(out _));
            Assert.Equal(retryAfter, response.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null);
            Assert.Equal(kind == "teapot", response.Headers.TryGetValues("X-Teapot", out _));
        }
    }

    private static Exception ErrorOf(string kind) => kind switch
    {
        "teapot" => new StatusException(418, "teapot says no", new Dictionary<string, string> { ["X-Teapot"] = "1" }),
        "invalid" => new InvalidInputException([new InputError("value_error", ["topic"], "Not that one", default)]),
        "rate" => new ServingException(ErrorKind.RateLimited, "Slow down.") { RetryAfter = TimeSpan.FromSeconds(2.1) },
        "timeout" => new ServingException(ErrorKind.Timeout, "Too slow."),
        "context" => new ServingException(ErrorKind.ContextTooLong, "Too long."),
        "provider" => new ServingException(ErrorKind.ProviderUnavailable, "Gone.") { RetryAfter = TimeSpan.FromMilliseconds(1) },
        _ => new InvalidOperationException("secret"),
    };
}
