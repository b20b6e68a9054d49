using System.Net;
using System.Net.Sockets;
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
        await RefusesAsync(client.BaseAddress!); // it has one
        Assert.False(stopping.IsCompleted);
        held.Release();
        Assert.Equal(["metadata", "data", "data", "end"], (await stream).Select(e => e.Name));
        await stopping.OrTimeout();
    }

    [Fact]
    public async Task Stop_AnswersFromThenOn_AreTheLastOfTheirConnections()
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain();
        await using var app = await StartAsync(time, held);
        using var client = app.CreateClient();
        var older = client.PostAsync("/held/invoke", """{"input": 1}""");
        await held.Held;
        using var before = await client.PostAsync("/echo/invoke", """{"input": 1}""");

        var stopping = app.StopAsync(TestContext.Current.CancellationToken);
        await time.WaitForTimerAsync(Limits.ShutdownDelay);
        using var invoke = await client.PostAsync("/echo/invoke", """{"input": 1}""");
        using var stream = await client.PostAsync("/echo/stream", """{"input": 1}""");
        using var unknown = await client.PostAsync("/nowhere", "{}");
        held.Release();
        using var answered = await older;
        time.Advance(Limits.ShutdownDelay);
        await stopping.OrTimeout();

        Assert.NotEqual(true, before.Headers.ConnectionClose);
        Assert.All([invoke, stream, unknown, answered], answer => Assert.True(answer.Headers.ConnectionClose));
        Assert.Equal([200, 200, 404, 200], new[] { invoke, stream, unknown, answered }.Select(answer => (int)answer.StatusCode));
    }

    [Fact]
    public async Task Stop_ConnectionKeptOpen_IsServedUntilTheDelayHasPassedAndThenClosed()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(time, new HeldChain());
        using var client = app.CreateClient();
        using var idle = new TcpClient();
        await idle.ConnectAsync(IPEndPoint.Parse(client.BaseAddress!.Authority), TestContext.Current.CancellationToken); // it has one
        var connection = idle.GetStream();
        await connection.WriteAsync("GET /health HTTP/1.1\r\nHost: host\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.True(await connection.ReadAsync(new byte[4096], TestContext.Current.CancellationToken) > 0);

        var stopping = app.StopAsync(TestContext.Current.CancellationToken);
        await time.WaitForTimerAsync(Limits.ShutdownDelay);
        var ended = connection.ReadAsync(new byte[4096], TestContext.Current.CancellationToken).AsTask();
        Assert.Equal(503, await StatusAsync(client, "/ready"));
        Assert.False(ended.IsCompleted);
        time.Advance(Limits.ShutdownDelay);

        Assert.Equal(0, await ended.OrTimeout());
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

    /// <summary>Waits until nobody listens any more.</summary>
    private static async Task RefusesAsync(Uri address)
    {
        using var late = new CancellationTokenSource(TestHost.Timeout, TimeProvider.System);
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPEndPoint.Parse(address.Authority), late.Token);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
        }
    }

    private static async Task<int> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
