using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Options;

namespace Serving.Endpoints.Tests.Admission;

public sealed class DrainServiceTests
{
    private static readonly ServingLimits Limits = new();

    [Fact]
    public async Task Stop_RunningRequests_AreLetFinish()
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain("first");
        await using var app = await StartAsync(time, held);
        using var client = app.CreateClient();
        var stream = client.StreamAsync("/held/stream", """{"input": 1}""");
        await held.Held;
        Assert.Equal(200, await StatusAsync(client, "/ready"));

        var stopping = app.StopAsync(TestContext.Current.CancellationToken);
        await time.WaitForTimerAsync(Limits.ShutdownDelay);

        Assert.Equal(503, await StatusAsync(client, "/ready"));
        Assert.Equal(200, await StatusAsync(client, "/health"));
        Assert.Equal(200, (await client.CallAsync("/echo/invoke", """{"input": 1}""")).Status);
        time.Advance(Limits.ShutdownDelay);
        await time.WaitForTimerAsync(Limits.DrainTimeout);
        Assert.Equal(503, await StatusAsync(client, "/ready"));
        Assert.False(stopping.IsCompleted);
        held.Release();
        Assert.Equal(["metadata", "data", "data", "end"], (await stream).Select(e => e.Name));
        await stopping.OrTimeout();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_StreamsLeftAfterTheDrain_EndWithAnErrorEventAndACleanBody(bool deaf)
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain(deaf, "first");
        await using var app = await StartAsync(time, held);
        using var client = app.CreateClient();
        var stream = client.StreamAsync("/held/stream", """{"input": 1}""");
        await held.Held;

        var stopping = app.StopAsync(TestContext.Current.CancellationToken);
        await time.WaitForTimerAsync(Limits.ShutdownDelay);
        time.Advance(Limits.ShutdownDelay);
        await time.WaitForTimerAsync(Limits.DrainTimeout);
        time.Advance(Limits.DrainTimeout);
        var events = await stream;
        await stopping.OrTimeout();

        Assert.Equal("error", events[^1].Name);
        Assert.Equal(503, events[^1].Json.GetProperty("status_code").GetInt32());
        Assert.Contains("shutting down", events[^1].Json.Message(), StringComparison.Ordinal);
        await held.Cancelled;
        held.Release();
        await held.Over;
    }

    [Fact]
    public async Task Stop_InvokeLeftAfterTheDrain_Is503WithRetryAfter()
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain();
        await using var app = await StartAsync(time, held);
        using var client = app.CreateClient();
        var call = client.PostAsync("/held/invoke", """{"input": 1}""");
        await held.Held;

        var stopping = app.StopAsync(TestContext.Current.CancellationToken);
        await time.WaitForTimerAsync(Limits.ShutdownDelay);
        time.Advance(Limits.ShutdownDelay);
        await time.WaitForTimerAsync(Limits.DrainTimeout);
        time.Advance(Limits.DrainTimeout);
        using var response = await call;
        await stopping.OrTimeout();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("Retry-After")));
    }

    private static Task<WebApplication> StartAsync(TimeProvider time, HeldChain held) => TestHost.StartAsync(
        // A clock that jumps makes the shortest write an overdue one.
        builder => builder.Services.AddSingleton(time).Configure<ServingLimits>(limits => limits.WriteTimeout = TimeSpan.FromHours(2)),
        app =>
        {
            app.MapServingHealth();
            app.MapRunnable("/held", held.Runnable);
            app.MapRunnable("/echo", TestChains.Echo);
        });

    private static async Task<int> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
