using Serving.LoadTests.Client;
using Serving.LoadTests.Measures;

namespace Serving.LoadTests.Driver;

/// <summary>Takes what becomes of a lane's requests, in total and second by second. Safe to use from several threads; what it gives is to be read when the run is over.</summary>
public sealed class Recorder
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<RequestKind, KindStats> _kinds = [];
    private readonly List<Second> _seconds = [];
    private readonly Histogram _latency = new();
    private readonly Histogram _firstPiece = new();
    private int _current;

    /// <summary>By kind, those that were asked for.</summary>
    public IReadOnlyDictionary<RequestKind, KindStats> Kinds => _kinds;

    /// <summary>The seconds of the run, from its first on; the last ones are those in which nothing more was sent.</summary>
    public IReadOnlyList<Second> Seconds => _seconds;

    /// <summary>By how much requests were sent after they were due: the generator's own delay, which is part of every latency.</summary>
    public Histogram Lag { get; } = new();

    /// <summary>Requests sent.</summary>
    public long SentCount { get; private set; }

    /// <summary>Requests that were due and not sent, because too many were in flight.</summary>
    public long SkippedCount { get; private set; }

    /// <summary>The timestamp the run began at.</summary>
    public long Started { get; private set; }

    /// <summary>Requests sent that have not ended.</summary>
    public long InFlight { get; private set; }

    /// <summary>A copy of a second, and of the counts until its end, for those who watch; null if nothing has been counted in it yet.</summary>
    public Second? Look(int second)
    {
        lock (_lock)
        {
            if (second < 0 || second >= _seconds.Count)
                return null;
            Close();
            var all = _seconds[second];
            return new Second
            {
                At = all.At, Due = all.Due, Ok = all.Ok, Left = all.Left, Refused = all.Refused, Failed = all.Failed, InFlight = all.InFlight, Bytes = all.Bytes,
                P50 = all.P50, P95 = all.P95, P99 = all.P99, Max = all.Max, FirstPieceP95 = all.FirstPieceP95, Lag = all.Lag,
            };
        }
    }

    /// <summary>Requests that ended so far: good, refused, failed.</summary>
    public (long Ok, long Refused, long Failed) Totals()
    {
        lock (_lock)
        {
            var (ok, refused, failed) = (0L, 0L, 0L);
            foreach (var kind in _kinds.Values)
            {
                ok += kind.Of(Outcome.Ok) + kind.Of(Outcome.Left);
                refused += kind.Of(Outcome.Refused);
                failed += kind.Ended - kind.Of(Outcome.Ok) - kind.Of(Outcome.Left) - kind.Of(Outcome.Refused);
            }

            return (ok, refused, failed);
        }
    }

    internal void Start(long started) => Started = started;

    internal void Sent(TimeSpan due, TimeSpan lag)
    {
        lock (_lock)
        {
            SentCount++;
            InFlight++;
            Lag.Record(lag);
            GoTo(due + lag);
            var second = At(due);
            second.Due++;
            second.Lag = Math.Max(second.Lag, lag.TotalMilliseconds);
        }
    }

    internal void Skipped()
    {
        lock (_lock)
            SkippedCount++;
    }

    internal void Record(LoadRequest request, RequestResult result, TimeSpan lag, TimeSpan at)
    {
        lock (_lock)
        {
            InFlight--;
            if (!_kinds.TryGetValue(request.Kind, out var kind))
                _kinds.Add(request.Kind, kind = new KindStats());
            kind.Add(request, result, lag);
            GoTo(at);
            var second = At(at);
            second.Bytes += result.Bytes;
            second.Ok += result.Outcome == Outcome.Ok ? 1 : 0;
            second.Left += result.Outcome == Outcome.Left ? 1 : 0;
            second.Refused += result.Outcome == Outcome.Refused ? 1 : 0;
            second.Failed += result.IsFailure ? 1 : 0;
            if (result.Outcome == Outcome.Ok)
                _latency.Record(lag + result.Elapsed);
            if (result.FirstPiece is { } first)
                _firstPiece.Record(lag + first);
        }
    }

    /// <summary>Closes the last second.</summary>
    internal void End()
    {
        lock (_lock)
            Close();
    }

    private Second At(TimeSpan time)
    {
        var index = Math.Max(0, (int)time.TotalSeconds);
        while (_seconds.Count <= index)
            _seconds.Add(new Second { At = _seconds.Count, InFlight = InFlight });
        return _seconds[index];
    }

    /// <summary>Closes the current second if the time is beyond it.</summary>
    private void GoTo(TimeSpan time)
    {
        var index = (int)time.TotalSeconds;
        if (index <= _current)
            return;
        Close();
        _current = index;
        _latency.Clear();
        _firstPiece.Clear();
    }

    private void Close()
    {
        var second = At(TimeSpan.FromSeconds(_current));
        second.InFlight = InFlight;
        if (_latency.Count > 0)
            (second.P50, second.P95, second.P99, second.Max) = (Ms(0.5), Ms(0.95), Ms(0.99), _latency.Max.TotalMilliseconds);
        if (_firstPiece.Count > 0)
            second.FirstPieceP95 = _firstPiece.Percentile(0.95).TotalMilliseconds;

        double Ms(double share) => _latency.Percentile(share).TotalMilliseconds;
    }
}
