using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Options;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Handlers;

public sealed class DeadlineTests
{
    private static readonly ServingLimits Limits = new();

    [Theory]
    [InlineData("invoke", false)]
    [InlineData("invoke", true)]
    [InlineData("batch", false)]
    [InlineData("batch", true)]
    [InlineData("stream", false)]
    [InlineData("stream", true)]
    public async Task Request_TakesLongerThanItsTimeout_Is504AndTheChainCancelled(string endpoint, bool deaf)
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain(deaf);
        // A stream that is not committed by then has a status left to give.
        await using var app = await StartAsync(time, held, commitAfter: TimeSpan.FromHours(1));
        using var client = app.CreateClient();

        var call = client.CallAsync($"/held/{endpoint}", """{"input": 1, "inputs": [1]}""");
        await held.Held;
        time.Advance(Limits.RequestTimeout);
        var (status, json) = await call;
        held.Release();
        await held.Over;

        await held.Cancelled;
        Assert.Equal(504, status);
        Assert.Contains("60 s (REQUEST_TIMEOUT)", json.Message(), StringComparison.Ordinal);
        Assert.Equal(0, app.Services.GetRequiredService<AdmissionGate>().InFlight);
    }

    [Theory]
    [InlineData("stream", false)]
    [InlineData("stream", true)]
    [InlineData("stream_log", true)]
    [InlineData("stream_events", true)]
    public async Task Stream_TakesLongerThanItsTimeout_EndsWithAnErrorEvent(string endpoint, bool deaf)
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain(deaf, "first");
        await using var app = await StartAsync(time, held);
        using var client = app.CreateClient();

        var call = client.StreamAsync($"/held/{endpoint}", """{"input": 1}""");
        await held.Held;
        await time.WaitForTimerAsync(Limits.StreamTimeout);
        time.Advance(Limits.StreamTimeout);
        var events = await call;
        held.Release();
        await held.Over;

        Assert.Equal("error", events[^1].Name);
        Assert.Equal(504, events[^1].Json.GetProperty("status_code").GetInt32());
        Assert.Contains("600 s (STREAM_TIMEOUT)", events[^1].Json.Message(), StringComparison.Ordinal);
        Assert.Equal(0, app.Services.GetRequiredService<AdmissionGate>().InFlight);
    }

    [Fact]
    public async Task Invoke_ChainFailsBecauseItWasCancelled_Is504()
    {
        var time = new ManualTimeProvider();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var chain = Runnable.LambdaAsync<JsonElement, string>("breaks", async (_, context) =>
        {
            var broken = new TaskCompletionSource();
            context.CancellationToken.Register(() => broken.SetException(new IOException("The connection was closed.")));
            started.SetResult();
            await broken.Task;
            return "";
        });
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(time),
            app => app.MapRunnable("/breaks", chain));
        using var client = app.CreateClient();

        var call = client.CallAsync("/breaks/invoke", """{"input": 1}""");
        await started.Task.OrTimeout();
        time.Advance(Limits.RequestTimeout);

        Assert.Equal(504, (await call).Status);
    }

    [Fact]
    public async Task Stream_SilentBeforeItsFirstChunk_CommitsThenBeatsThenTellsItsFailureAsAnEvent()
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain();
        await using var app = await StartAsync(time, held);
        using var client = app.CreateClient();

        var call = client.PostAsync("/held/stream", """{"input": 1}""");
        await held.Held;
        await time.WaitForTimerAsync(Limits.StreamCommitAfter);
        time.Advance(Limits.StreamCommitAfter - TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        using var response = await call;
        var names = new List<string>();
        await foreach (var e in SseEvent.ReadAsync(response, TestContext.Current.CancellationToken))
        {
            names.Add(e.Name);
            if (names.Count <= 2)
            {
                await time.WaitForTimerAsync(Limits.StreamHeartbeat);
                time.Advance(Limits.StreamHeartbeat);
            }
            else if (names.Count == 3)
            {
                held.Fail(new ServingException(ErrorKind.ProviderUnavailable, "Nobody answers."));
            }
            else
            {
                Assert.Equal((503, "Nobody answers."), (e.Json.GetProperty("status_code").GetInt32(), e.Json.Message()));
            }
        }

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal([":", ":", ":", "error"], names);
    }

    [Fact]
    public async Task Stream_SilentBetweenChunks_Beats()
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain("first");
        await using var app = await StartAsync(time, held);
        using var client = app.CreateClient();

        using var response = await client.PostAsync("/held/stream", """{"input": 1}""");
        await held.Held;
        var names = new List<string>();
        await foreach (var e in SseEvent.ReadAsync(response, TestContext.Current.CancellationToken))
        {
            names.Add(e.Name);
            if (e.Data == "\"first\"")
            {
                // The first tick finds the chunk that was just sent, the next one the silence after it.
                await time.WaitForTimerAsync(Limits.StreamCommitAfter);
                time.Advance(Limits.StreamCommitAfter);
                await time.WaitForTimerAsync(Limits.StreamHeartbeat - Limits.StreamCommitAfter);
                time.Advance(Limits.StreamHeartbeat - Limits.StreamCommitAfter);
            }
            else if (e.Name == ":")
            {
                held.Release();
            }
        }

        Assert.Equal(["metadata", "data", ":", "data", "end"], names);
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("stream_events")]
    [InlineData("invoke")]
    public async Task Request_ClientLeaves_CancelsTheChain(string endpoint)
    {
        var held = new HeldChain("first");
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/held", held.Runnable));
        using var client = app.CreateClient();
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/held/{endpoint}") { Content = new StringContent("""{"input": 1}""") };
        var call = client.SendAsync(request, leaves.Token);
        await held.Held;
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await held.Cancelled;
        await held.Over;
    }

    private static Task<WebApplication> StartAsync(TimeProvider time, HeldChain held, TimeSpan? commitAfter = null) => TestHost.StartAsync(
        builder => builder.Services.AddSingleton(time).Configure<ServingLimits>(limits =>
        {
            limits.StreamCommitAfter = commitAfter ?? Limits.StreamCommitAfter;
            limits.WriteTimeout = TimeSpan.FromHours(2); // a clock that jumps makes the shortest write an overdue one
        }),
        app => app.MapRunnable("/held", held.Runnable));
}
