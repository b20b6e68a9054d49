using System.Threading.Channels;

namespace Serving.Tests;

/// <summary>A clock that moves when it is told to, and tells who waits for it.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private readonly Channel<TimeSpan> _delays = Channel.CreateUnbounded<TimeSpan>();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private int _asked;

    /// <summary>How often the time was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        Interlocked.Increment(ref _asked);
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>The length of the next wait somebody begins, waiting for it if need be.</summary>
    public ValueTask<TimeSpan> NextDelayAsync(CancellationToken cancellationToken) => _delays.Reader.ReadAsync(cancellationToken);

    /// <summary>Waits until somebody waits for exactly this long from now.</summary>
    public async Task WaitForTimerAsync(TimeSpan remaining)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_timers.Exists(timer => timer.Due == _now + remaining))
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    public void Advance(TimeSpan by)
    {
        List<Timer> due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now).OrderBy(timer => timer.Due)];
            _timers.RemoveAll(due.Contains);
        }

        foreach (var timer in due)
            timer.Fire();
    }

    /// <summary>How many wait for this clock, or how many of those that carry such a state.</summary>
    public int Waiting(Func<object?, bool>? isMeant = null)
    {
        lock (_lock)
            return isMeant is null ? _timers.Count : _timers.Count(timer => isMeant(timer.State));
    }

    /// <summary>Moves to the moment that is waited for next, and lets the first who waits for it go on; false if nobody waits.</summary>
    public bool AdvanceToNext()
    {
        Timer? next;
        lock (_lock)
        {
            next = _timers.MinBy(timer => timer.Due);
            if (next is null)
                return false;
            _timers.Remove(next);
            if (next.Due > _now)
                _now = next.Due;
        }

        next.Fire();
        return true;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public object? State => state;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            TaskCompletionSource changed;
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._now + dueTime;
                    time._timers.Add(this);
                    time._delays.Writer.TryWrite(dueTime);
                }

                changed = time._changed;
                time._changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            changed.TrySetResult();
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
