using System.Collections.Concurrent;
using System.Diagnostics;

namespace Serving.Providers.Tests.Resilience;

/// <summary>
/// Lets calls run on a manual clock until they end, in an order that depends on nothing but the calls. What happens is done on one thread: scripts go on
/// when they are told to, everything else right after what it waits for. The few hops to other threads are waited for.
/// </summary>
internal sealed class Work(ManualTimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<Action> _queue = new();
    // Told whenever a thread takes up what began here, or is done with it.
    private static readonly AsyncLocal<Work?> Flow = new(static change =>
    {
        if (!change.ThreadContextChanged)
            return;
        change.CurrentValue?.Elsewhere(1);
        change.PreviousValue?.Elsewhere(-1);
    });

    private int _elsewhere;
    private int _scripts;
    private int _readers;

    public ManualTimeProvider Time => time;

    /// <summary>How many scripts wait.</summary>
    public int WaitingScripts => Volatile.Read(ref _scripts);

    /// <summary>How many readers do.</summary>
    public int WaitingReaders => Volatile.Read(ref _readers);

    /// <summary>Whether other threads are at work for this.</summary>
    public bool IsElsewhere => Volatile.Read(ref _elsewhere) != 0;

    public long Now => time.GetTimestamp();

    /// <summary>A wait of a script: for so long, or for ever; ends with the token.</summary>
    public Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken) => WaitAsync(isScript: true, wait, cancellationToken);

    /// <summary>A reader takes its time.</summary>
    public Task PauseAsync(TimeSpan wait) => WaitAsync(isScript: false, wait, CancellationToken.None);

    private async Task WaitAsync(bool isScript, TimeSpan wait, CancellationToken cancellationToken)
    {
        var gate = new TaskCompletionSource();
        // Not inside the callbacks: who lets time pass, or cancels, is not the one who goes on.
        using var timer = time.CreateTimer(_ => _queue.Enqueue(End), null, wait, Timeout.InfiniteTimeSpan);
        using var left = cancellationToken.UnsafeRegister(_ => _queue.Enqueue(End), null);
        // From now on it may end.
        Count(1);
        await gate.Task.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        void End()
        {
            if (gate.Task.IsCompleted)
                return;
            Count(-1);
            gate.SetResult();
        }

        int Count(int by) => isScript ? Interlocked.Add(ref _scripts, by) : Interlocked.Add(ref _readers, by);
    }

    /// <summary>Begins on this thread.</summary>
    public void Begin() => Flow.Value = this;

    private void Elsewhere(int by) => Interlocked.Add(ref _elsewhere, by);

    /// <summary>Runs until a condition holds.</summary>
    /// <param name="isDone">What is waited for.</param>
    /// <param name="isResting">Whether nothing can happen but by the clock; asked when there is no work.</param>
    public void Run(Func<bool> isDone, Func<bool> isResting)
    {
        while (true)
        {
            Settle(() => isDone() || isResting());
            if (isDone())
                return;
            Assert.True(time.AdvanceToNext(), "Nothing is waited for, and the call has not ended.");
        }
    }

    /// <summary>Does what there is to do until a condition holds.</summary>
    public void Settle(Func<bool> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            while (_queue.TryDequeue(out var work))
                work();
            if (condition() && !IsElsewhere && _queue.IsEmpty && condition())
                return;
            Thread.Yield();
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "It has not come to rest.");
        }
    }
}
