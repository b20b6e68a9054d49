using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class BatchTests
{
    private static readonly Runnable<int, int> Half = Runnable.Lambda<int, int>("half", number =>
        number % 2 == 0 ? number / 2 : throw new InvalidDataException($"{number} is odd"));

    [Fact]
    public async Task Batch_ManyInputs_KeepsOrderWithinTheBound()
    {
        var meter = new Meter();
        var chain = Runnable.LambdaAsync<int, int>("pass", async (number, _) => await meter.PassAsync(number));
        var inputs = Enumerable.Range(0, 50).ToList();

        Assert.Equal(inputs, await chain.BatchAsync(inputs, new BatchOptions { MaxConcurrency = 4 }, TestRun.Token));
        Assert.InRange(meter.Most, 1, 4);
    }

    [Fact]
    public async Task Batch_ContextsSetALimit_KeepsToTheSmallest()
    {
        var meter = new Meter();
        var chain = Runnable.LambdaAsync<int, int>("pass", async (number, _) => await meter.PassAsync(number));
        var contexts = Enumerable.Range(0, 20).Select(number => TestRun.Context(config: new RunConfig { MaxConcurrency = number == 7 ? 2 : null })).ToList();

        await chain.BatchAsync([.. Enumerable.Range(0, 20)], contexts);

        Assert.InRange(meter.Most, 1, 2);
    }

    [Fact]
    public async Task Batch_OneFails_CancelsTheRestAndThrowsItsErrorAsItWas()
    {
        var waiting = new TaskCompletionSource();
        var chain = Runnable.LambdaAsync<int, int>("some", async (number, context) =>
        {
            if (number == 1)
            {
                await waiting.Task;
                throw new InvalidDataException("as it was");
            }

            waiting.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            return number;
        });

        var error = await Assert.ThrowsAsync<InvalidDataException>(async () => await chain.BatchAsync([0, 1, 2], null, TestRun.Token));
        Assert.Equal("as it was", error.Message);
    }

    [Fact]
    public async Task Batch_ReturnErrors_PutsEachFailureInItsPlace()
    {
        var results = await Half.BatchAsync([2, 3, 4], Contexts(3), new BatchOptions { ReturnErrors = true });

        Assert.Equal([1, 0, 2], results.Select(result => result.Output));
        Assert.Equal([null, "3 is odd", null], results.Select(result => result.Error?.Message));
    }

    [Fact]
    public async Task Batch_CancelledWithReturnErrors_Throws()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestRun.Token);
        var chain = Runnable.LambdaAsync<int, int>("leaves", async (number, context) =>
        {
            await cancel.CancelAsync();
            context.CancellationToken.ThrowIfCancellationRequested();
            return number;
        });
        var contexts = Enumerable.Range(0, 3).Select(_ => TestRun.Context(cancellationToken: cancel.Token)).ToList();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await chain.BatchAsync([1, 2, 3], contexts, new BatchOptions { ReturnErrors = true }));
    }

    [Fact]
    public async Task Batch_Contexts_GiveEachItemItsOwnConfigAndRun()
    {
        var chain = Runnable.Lambda<int, (object?, Guid)>("see", (_, context) => (context.Config.Metadata["n"], context.RunId));
        var contexts = Enumerable.Range(0, 3).Select(number => TestRun.Context(
            number == 1 ? new RecordingObserver() : null,
            new RunConfig { Metadata = ChainValues.Of("n", number), RunId = number == 2 ? Guid.NewGuid() : null })).ToList();

        var results = await chain.BatchAsync([0, 0, 0], contexts);

        Assert.Equal(contexts.Select((context, number) => ((object?)number, context.RunId)), results.Select(result => result.Output));
    }

    [Fact]
    public async Task Batch_NothingOrMisfit_IsEmptyOrThrows()
    {
        Assert.Empty(await Half.BatchAsync([], null, TestRun.Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Half.BatchAsync([1], Contexts(2)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Half.BatchAsync([1], new BatchOptions { ReturnErrors = true }, TestRun.Token));
    }

    private static List<RunContext> Contexts(int count) => [.. Enumerable.Range(0, count).Select(_ => TestRun.Context())];
}
