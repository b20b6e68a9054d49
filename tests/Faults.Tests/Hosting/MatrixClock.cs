namespace Serving.Faults.Tests.Hosting;

/// <summary>
/// A clock that stands still but for two things. Whoever waits with nothing else to do (a delay, as before a retry) is let pass at once: the clock goes on by
/// that time, and the wait is recorded. A limit (a token source that cancels later) runs out when a test says so. In both cases all that is due on the way
/// fires in its order.
/// </summary>
internal sealed class MatrixClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private readonly List<TimeSpan> _waits = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private DateTimeOffset _began;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The waits since the last <see cref="Begin"/>, in their order.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_lock)
                return [.. _waits];
        }
    }

    /// <summary>The time since the last <see cref="Begin"/>.</summary>
    public TimeSpan Elapsed => GetUtcNow() - _began;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Forgets the waits, and goes on to the next whole second, so that dates in headers are exact.</summary>
    public void Begin()
    {
        Advance(TimeSpan.FromTicks(TimeSpan.TicksPerSecond - (_now.Ticks % TimeSpan.TicksPerSecond)));
        lock (_lock)
        {
            _waits.Clear();
            _began = _now;
        }
    }

    /// <summary>Waits until a limit of this length is in force, and lets it run out.</summary>
    public async Task RunOutAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_timers.Find(timer => timer.IsLimit && timer.Length == limit) is { } timer)
                {
                    limit = timer.Due - _now;
                    break;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }

        Advance(limit);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        if (timer.IsDelay)
        {
            lock (_lock)
                _waits.Add(dueTime);
            // Not here: whoever waits is still setting out to.
            ThreadPool.UnsafeQueueUserWorkItem(static delay => delay.Clock.Advance(delay.Length), (Clock: this, Length: dueTime), preferLocal: false);
        }

        return timer;
    }

    private void Advance(TimeSpan by)
    {
        var until = GetUtcNow() + by;
        while (true)
        {
            Timer? next;
            lock (_lock)
            {
                next = _timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
                // Never back: what has fired may have led to another wait, which has passed by now.
                var then = next?.Due ?? until;
                if (then > _now)
                    _now = then;
                if (next is null)
                    return;
                _timers.Remove(next);
            }

            next.Fire();
        }
    }

    private sealed class Timer(MatrixClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public TimeSpan Length { get; private set; }

        /// <summary>Whether it is a token source's, not a task's that completes later, nor a tick.</summary>
        public bool IsLimit => state is CancellationTokenSource;

        public bool IsDelay => state is Task;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            TaskCompletionSource changed;
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    (Length, Due) = (dueTime, clock._now + dueTime);
                    clock._timers.Add(this);
                }

                changed = clock._changed;
                clock._changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
