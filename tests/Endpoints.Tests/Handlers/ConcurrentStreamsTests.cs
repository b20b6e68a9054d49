using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Tests.Handlers;

/// <summary>Many streams at once over real connections. Alone, since it counts the memory of the process.</summary>
[CollectionDefinition(nameof(ConcurrentStreamsTests), DisableParallelization = true)]
[Collection(nameof(ConcurrentStreamsTests))]
public sealed class ConcurrentStreamsTests
{
    private const int Streams = 1000;
    private const int Tokens = 200;
    private const int Leavers = 500;

    [Fact]
    public async Task Streams_AThousandAtOnce_LoseMergeAndReorderNothing()
    {
        using var allRunning = new CountdownEvent(Streams);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var chain = Runnable.Generator<int, string>("numbered", (stream, context) => NumberAsync(stream, context));
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.Configure<ServingLimits>(limits => limits.StreamCommitAfter = TimeSpan.FromMinutes(10)),
            app => app.MapRunnable("/numbered", chain));
        using var client = app.CreateClient();

        var results = await Task.WhenAll(Enumerable.Range(0, Streams).Select(stream => client.StreamAsync("/numbered/stream", $$"""{"input": {{stream}}}""")));

        for (var stream = 0; stream < Streams; stream++)
        {
            Assert.Equal(
                ["metadata", .. Enumerable.Range(0, Tokens).Select(token => $"\"{stream}:{token}\""), "end"],
                results[stream].Select(e => e.Name == "data" ? e.Data : e.Name));
        }

        Assert.Equal(0, app.Services.GetRequiredService<AdmissionGate>().InFlight);

        async IAsyncEnumerable<string> NumberAsync(int stream, RunContext context)
        {
            // All are open before the first token flows.
            if (allRunning.Signal())
                go.SetResult();
            await go.Task.WaitAsync(context.CancellationToken);
            for (var token = 0; token < Tokens; token++)
            {
                if (token % 3 == 0)
                    await Task.Yield();
                yield return string.Create(CultureInfo.InvariantCulture, $"{stream}:{token}");
            }
        }
    }

    [Fact]
    public async Task Streams_ClientsLeave_CancelsEveryChainAndGivesEverythingBack()
    {
        var cancelled = 0;
        var ended = 0;
        var chain = Runnable.Generator<JsonElement, string>("endless", (_, context) => EndlessAsync(context));
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/endless", chain));
        var gate = app.Services.GetRequiredService<AdmissionGate>();
        var sizes = new List<long>();

        for (var round = 1; round <= 4; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Leavers / 2).SelectMany(_ => new[] { LeaveAsync("stream"), LeaveAsync("stream_events") }));
            Assert.True(await UntilAsync(() => Volatile.Read(ref ended) == round * Leavers && gate.InFlight == 0), $"{ended} ended, {gate.InFlight} in flight");
            Assert.Equal(round * Leavers, cancelled);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            sizes.Add(GC.GetTotalMemory(forceFullCollection: true));
        }

        // What the first round leaves is caches; what each round leaves is a leak.
        Assert.True(sizes[^1] - sizes[0] < 16 * 1024 * 1024, $"Memory after each round: {string.Join(", ", sizes)}");

        async Task LeaveAsync(string endpoint)
        {
            using var client = app.CreateClient();
            using var response = await client.PostAsync($"/endless/{endpoint}", """{"input": 1}""");
            await foreach (var e in SseEvent.ReadAsync(response, TestContext.Current.CancellationToken))
            {
                if (e.Data?.Contains("token 3", StringComparison.Ordinal) == true)
                    return;
            }
        }

        async IAsyncEnumerable<string> EndlessAsync(RunContext context)
        {
            try
            {
                for (var token = 0; token < 4; token++)
                    yield return $"token {token}";
                await Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, context.CancellationToken);
            }
            finally
            {
                if (context.CancellationToken.IsCancellationRequested)
                    Interlocked.Increment(ref cancelled);
                Interlocked.Increment(ref ended);
            }
        }
    }

    private static async Task<bool> UntilAsync(Func<bool> condition)
    {
        await Task.Yield();
        return SpinWait.SpinUntil(condition, TestHost.Timeout);
    }
}
