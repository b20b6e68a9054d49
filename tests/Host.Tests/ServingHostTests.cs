using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;

namespace Serving.Host.Tests;

public sealed class ServingHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ThreeHosts_RunSideBySide()
    {
        await using var first = await RunningHost.StartAsync();
        await using var second = await RunningHost.StartAsync();
        await using var third = await RunningHost.StartAsync();

        Assert.Equal(3, new[] { first, second, third }.Select(host => host.Address.Port).Distinct().Count());
        foreach (var host in (RunningHost[])[first, second, third])
            Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/ready", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Start_SettingsWrong_FailsTellingAllOfThem()
    {
        var invalid = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            RunningHost.StartAsync("--MAX_CONCURRENT_REQUESTS=0", "--REQUEST_TIMEOUT=90", "--STREAM_TIMEOUT=30", "--LOG_FORMAT=xml"));

        Assert.Contains(invalid.Failures, failure => failure.StartsWith("MAX_CONCURRENT_REQUESTS is 0", StringComparison.Ordinal));
        Assert.Contains(invalid.Failures, failure => failure.StartsWith("STREAM_TIMEOUT (30 s) is below REQUEST_TIMEOUT (90 s)", StringComparison.Ordinal));
        Assert.Contains(invalid.Failures, failure => failure.StartsWith("LOG_FORMAT is 'xml'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_OnTheApiPort_IsNotFoundWhateverTheHostHeader()
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = "localhost:9090" } };

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.SendAsync(request, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task HealthChecks_SwitchedOff_AreNotFound()
    {
        await using var host = await RunningHost.StartAsync("--ENABLE_HEALTH_CHECKS=false");

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/health", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Cors_NoOrigins_LeavesOptionsAMethodThatIsNotAllowed()
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.Client.SendAsync(Preflight("https://app.example.com"), Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Cors_OriginListed_IsAllowedAndOthersAreNot()
    {
        await using var host = await RunningHost.StartAsync("--CORS_ORIGINS=https://app.example.com");

        var allowed = await host.Client.SendAsync(Preflight("https://app.example.com"), Cancellation);
        var other = await host.Client.SendAsync(Preflight("https://evil.example.com"), Cancellation);

        Assert.Equal("https://app.example.com", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task PromptLimit_LongerPrompt_IsTooLargeAndNamesTheLimit()
    {
        await using var host = await RunningHost.StartAsync("--MAX_PROMPT_LENGTH=100");

        var answer = await host.Client.PostAsJsonAsync("/joke/invoke", new { input = new { topic = new string('x', 200) } }, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("MAX_PROMPT_LENGTH", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static HttpRequestMessage Preflight(string origin) => new(HttpMethod.Options, "/joke/invoke")
    {
        Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "POST" } },
    };
}
