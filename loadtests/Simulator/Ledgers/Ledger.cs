namespace Serving.Simulator.Ledgers;

/// <summary>
/// What the simulator saw and said, counted exactly. All members are safe to call from several threads, and each snapshot is consistent in itself. A client
/// may have its answer a moment before the ledger has: wait for <c>Total.Open == 0</c> before comparing. Keys, prompts and answers are never kept.
/// </summary>
public sealed class Ledger
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly int _keptAttempts;
    private readonly Queue<Entry> _attempts = new();
    private readonly List<Waiter> _waiters = [];
    private Dictionary<string, Page> _pages = new(StringComparer.Ordinal);
    private Page _total = new();
    private long _start;
    private int _connections;

    internal Ledger(TimeProvider time, int keptAttempts)
    {
        _time = time;
        _keptAttempts = keptAttempts;
        _start = time.GetTimestamp();
    }

    /// <summary>All models together.</summary>
    public Tally Total
    {
        get
        {
            lock (_lock)
                return _total.ToTally();
        }
    }

    /// <summary>Each model that was asked for, by its whole name.</summary>
    public IReadOnlyDictionary<string, Tally> Models
    {
        get
        {
            lock (_lock)
                return _pages.ToDictionary(page => page.Key, page => page.Value.ToTally(), StringComparer.Ordinal);
        }
    }

    /// <summary>The last requests, oldest first; as many as the options keep.</summary>
    public IReadOnlyList<Attempt> Attempts
    {
        get
        {
            lock (_lock)
                return [.. _attempts.Select(entry => entry.ToAttempt())];
        }
    }

    /// <summary>Connections that are open now, idle ones included.</summary>
    public int OpenConnections
    {
        get
        {
            lock (_lock)
                return _connections;
        }
    }

    /// <summary>One model; zeros if it was never asked for.</summary>
    /// <param name="model">Its whole name, faults included.</param>
    public Tally Of(string model)
    {
        lock (_lock)
            return _pages.TryGetValue(model, out var page) ? page.ToTally() : new Tally();
    }

    /// <summary>Completes as soon as the condition holds, now or after a change; no state is missed. An exception of the condition fails the task.</summary>
    /// <param name="condition">Runs under the ledger's lock at every change: it reads the ledger, and does not block.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WhenAsync(Func<Ledger, bool> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var waiter = new Waiter(condition);
        lock (_lock)
        {
            if (waiter.IsOver(this))
                return;
            _waiters.Add(waiter);
        }

        try
        {
            await waiter.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_lock)
                _waiters.Remove(waiter);
        }
    }

    /// <summary>Forgets everything but what is open now, and starts the attempts' clock again. Meant for a moment when nothing is open.</summary>
    public void Clear() => Change(() =>
    {
        _pages = _pages.Where(page => page.Value.Open > 0).ToDictionary(page => page.Key, page => page.Value.Remaining(), StringComparer.Ordinal);
        _total = _total.Remaining();
        _attempts.Clear();
        _start = _time.GetTimestamp();
    });

    internal void ConnectionOpened() => Change(() => _connections++);

    internal void ConnectionClosed() => Change(() => _connections--);

    internal Entry Begin(string model, string endpoint, bool streamed)
    {
        Entry? entry = null;
        Change(() =>
        {
            entry = new Entry(model, endpoint, streamed, _time.GetElapsedTime(_start).TotalMilliseconds);
            _attempts.Enqueue(entry);
            if (_attempts.Count > _keptAttempts)
                _attempts.Dequeue();
            Count(entry, page =>
            {
                page.Requests++;
                page.Open++;
            });
        });
        return entry!; // set by the change
    }

    internal void Answered(Entry entry, int status) => Change(() => entry.Status = status);

    internal void StreamBegun(Entry entry) => Change(() =>
    {
        entry.StreamBegun = true;
        Count(entry, page => page.StreamsBegun++);
    });

    internal void HangBegun(Entry entry) => Change(() =>
    {
        entry.IsHanging = true;
        Count(entry, page => page.Hanging++);
    });

    internal void Told(Entry entry, TokenCounts tokens) => Change(() =>
    {
        entry.Partial = null;
        Count(entry, page => page.Tokens += tokens);
    });

    internal void ToldPart(Entry entry, TokenCounts tokens) => Change(() => entry.Partial = tokens);

    internal void End(Entry entry, string outcome, StreamEnd end) => Change(() =>
    {
        entry.Outcome = outcome;
        Count(entry, page =>
        {
            page.Open--;
            page.Hanging -= entry.IsHanging ? 1 : 0;
            page.StreamsFinished += entry.StreamBegun && end == StreamEnd.Finished ? 1 : 0;
            page.StreamsAborted += entry.StreamBegun && end == StreamEnd.Aborted ? 1 : 0;
            page.PartialTokens += entry.Partial ?? TokenCounts.Zero;
            page.End(outcome, entry.Streamed);
        });
    });

    private void Count(Entry entry, Action<Page> change)
    {
        if (!_pages.TryGetValue(entry.Model, out var page))
            _pages.Add(entry.Model, page = new Page());
        change(page);
        change(_total);
    }

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            _waiters.RemoveAll(waiter => waiter.IsOver(this));
        }
    }

    private sealed class Waiter(Func<Ledger, bool> condition)
    {
        private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _completed.Task;

        public bool IsOver(Ledger ledger)
        {
            try
            {
                return condition(ledger) && _completed.TrySetResult();
            }
            catch (Exception error)
            {
                return _completed.TrySetException(error);
            }
        }
    }
}
