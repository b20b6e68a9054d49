namespace Serving.Providers.Resilience;

/// <summary>How long the recent calls of a model took until they began to answer. Thread-safe.</summary>
internal sealed class LatencyWindow
{
    private const int Size = 256;
    private const int Enough = 50;
    private const int Refresh = 16;

    private readonly Lock _lock = new();
    private readonly long[] _ticks = new long[Size];
    private readonly long[] _sorted = new long[Size];
    private long _count;
    private TimeSpan? _slow;

    /// <summary>The time within which 19 of 20 had begun; null until there are enough to tell.</summary>
    public TimeSpan? Slow
    {
        get
        {
            lock (_lock)
                return _slow;
        }
    }

    public void Add(TimeSpan latency)
    {
        lock (_lock)
        {
            _ticks[_count++ % Size] = latency.Ticks;
            if (_count < Enough || _count % Refresh != 0)
                return;
            var length = (int)Math.Min(_count, Size);
            Array.Copy(_ticks, _sorted, length);
            Array.Sort(_sorted, 0, length);
            _slow = TimeSpan.FromTicks(_sorted[length * 19 / 20]);
        }
    }
}
