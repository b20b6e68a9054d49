using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Admission;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Tests.Robustness;

/// <summary>Many streams at once: each client gets its own tokens in order, and what clients leave behind is cleaned up.</summary>
[CollectionDefinition(nameof(ConcurrencyTests), DisableParallelization = true)]
[Collection(nameof(ConcurrencyTests))]
public sealed class ConcurrencyTests
{
    private const int Streams = 1000;
    private const int Tokens = 200;
    private const int Aborts = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_AThousandAtOnce_LoseMergeAndReorderNothing()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/count", Runnable.Generator<int, string>("count", CountAsync)));
        using var client = app.CreateClient();
        client.Timeout = Patience;

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async number =>
            await client.StreamAsync("/count/stream", string.Create(CultureInfo.InvariantCulture, $$"""{"input": {{number}}}""")))).WaitAsync(Patience, Cancellation);

        for (var number = 0; number < Streams; number++)
        {
            var events = answers[number];
            Assert.Equal("metadata", events[0].Name);
            Assert.Equal("end", events[^1].Name);
            Assert.Equal(
                Enumerable.Range(0, Tokens).Select(token => $"\"{number}:{token}\""),
                events.Skip(1).SkipLast(1).Select(e => e.Data));
        }
    }

    [Fact]
    public async Task Clients_ThatAbortMidStream_CancelTheirChainsAndLeaveNothingBehind()
    {
        var started = 0;
        var cancelled = 0;
        var ended = 0;
        var allEnded = new TaskCompletionSource();
        var endless = Runnable.Generator<int, string>("endless", EndlessAsync);
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/endless", endless));
        var gate = app.Services.GetRequiredService<AdmissionGate>();
        using var client = app.CreateClient();

        await AbortAsync(Aborts); // the plateau: caches and pools are filled, to the size that as many at once need
        var plateau = GC.GetTotalMemory(forceFullCollection: true);
        await AbortAsync(Aborts);
        // The server closes their connections a moment after the last request has ended.
        var after = 0L;
        var isFree = SpinWait.SpinUntil(() => (after = GC.GetTotalMemory(forceFullCollection: true)) < plateau + (8 * 1024 * 1024), TimeSpan.FromSeconds(30));

        Assert.Equal(2 * Aborts, Volatile.Read(ref started));
        Assert.Equal(started, Volatile.Read(ref cancelled));
        Assert.Equal(0, gate.InFlight);
        Assert.True(isFree, $"{plateau} bytes before, {after} after {Aborts} aborted streams");

        async Task AbortAsync(int count)
        {
            allEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
            {
                using var abort = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
                using var answer = await client.PostAsync("/endless/stream", """{"input": 1}""");
                await using var body = await answer.Content.ReadAsStreamAsync(abort.Token);
                await body.ReadExactlyAsync(new byte[16], abort.Token);
                await abort.CancelAsync();
            })).WaitAsync(Patience, Cancellation);
            await allEnded.Task.WaitAsync(Patience, Cancellation);
            Assert.True(SpinWait.SpinUntil(() => gate.InFlight == 0, Patience));
        }

        async IAsyncEnumerable<string> EndlessAsync(int input, RunContext context)
        {
            Interlocked.Increment(ref started);
            try
            {
                while (true)
                {
                    yield return "token";
                    await Task.Delay(TimeSpan.FromMilliseconds(20), context.TimeProvider, context.CancellationToken);
                }
            }
            finally
            {
                // Not in a callback of the token: a chain that ends on its way there takes the callback back.
                if (context.CancellationToken.IsCancellationRequested)
                    Interlocked.Increment(ref cancelled);
                if (Interlocked.Increment(ref ended) % Aborts == 0)
                    allEnded.TrySetResult();
            }
        }
    }

    private static async IAsyncEnumerable<string> CountAsync(int number, RunContext context)
    {
        for (var token = 0; token < Tokens; token++)
        {
            if (token % 10 == number % 10)
                await Task.Yield();
            context.CancellationToken.ThrowIfCancellationRequested();
            yield return $"{number}:{token}";
        }
    }
}
