using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serving.Endpoints.Config;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Hosting;

/// <summary>Whatever is put on the group that MapRunnable gives holds for every route of the chain, before anything is read.</summary>
public sealed class GuardTests
{
    private static readonly Runnable<int, int> Chain = TestChains.AddOne;

    private readonly HeldChain _held = new("first");

    [Fact]
    public async Task Filter_OnTheGroup_GuardsEveryRoute()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", Chain).AddEndpointFilter((context, next) =>
            context.HttpContext.Request.Headers["X-Token"] == "right" ? next(context) : throw new ServingException(ErrorKind.Unauthorized, "Send X-Token.")));
        using var client = app.CreateClient();

        await AssertGuardedAsync(client, 401, "Send X-Token.");
        client.DefaultRequestHeaders.Add("X-Token", "right");
        await AssertOpenAsync(client);
    }

    [Fact]
    public async Task Authorization_OnTheGroup_GuardsEveryRoute()
    {
        await using var app = await TestHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("header", null);
                builder.Services.AddAuthorization();
            },
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapRunnable("/add", Chain).RequireAuthorization();
            });
        using var client = app.CreateClient();

        await AssertGuardedAsync(client, 401, "Unauthorized");
        client.DefaultRequestHeaders.Add("X-Token", "right");
        await AssertOpenAsync(client);
    }

    [Fact]
    public async Task RateLimiter_OnTheGroup_GuardsEveryRoute()
    {
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.AddRateLimiter(options =>
            {
                options.RejectionStatusCode = 429;
                options.AddPolicy("by token", http => http.Request.Headers["X-Token"] == "right"
                    ? RateLimitPartition.GetNoLimiter("right")
                    : RateLimitPartition.GetConcurrencyLimiter("wrong", _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 0 }));
            }),
            app =>
            {
                app.UseRateLimiter();
                app.MapRunnable("/held", _held.Runnable).RequireRateLimiting("by token");
                app.MapRunnable("/add", Chain).RequireRateLimiting("by token");
            });
        using var client = app.CreateClient();
        var holding = client.StreamAsync("/held/stream", """{"input": 1}""");
        await _held.Held;

        await AssertGuardedAsync(client, 429, "Too Many Requests");
        _held.Release();
        await holding;
        client.DefaultRequestHeaders.Add("X-Token", "right");
        await AssertOpenAsync(client);
    }

    private static IEnumerable<(HttpMethod Method, string Path)> Routes()
    {
        foreach (var prefix in new[] { "/add", $"/add/c/{ConfigHash.Encode("{}")}" })
        {
            foreach (var name in new[] { "invoke", "batch", "stream", "stream_log", "stream_events" })
                yield return (HttpMethod.Post, $"{prefix}/{name}");
            foreach (var name in new[] { "input_schema", "output_schema", "config_schema" })
                yield return (HttpMethod.Get, $"{prefix}/{name}");
        }
    }

    private static async Task AssertGuardedAsync(HttpClient client, int status, string message)
    {
        foreach (var (method, path) in Routes())
        {
            // A body that would be refused, had it been read.
            using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? new StringContent("{ not JSON") : null };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((path, status), (path, (int)response.StatusCode));
            Assert.Equal(message, (await response.JsonAsync()).Message());
        }
    }

    private static async Task AssertOpenAsync(HttpClient client)
    {
        foreach (var (method, path) in Routes())
        {
            using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? new StringContent("""{"input": 1, "inputs": [1]}""") : null };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((path, 200), (path, (int)response.StatusCode));
        }
    }

    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers["X-Token"] == "right"
            ? AuthenticateResult.Success(new AuthenticationTicket(new(new System.Security.Claims.ClaimsIdentity("header")), "header"))
            : AuthenticateResult.NoResult());
    }
}
