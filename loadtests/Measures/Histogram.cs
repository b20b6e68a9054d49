using System.Numerics;

namespace Serving.LoadTests.Measures;

/// <summary>
/// Counts times in buckets that grow with the time, so that a percentile is wrong by at most <see cref="RelativeError"/> of itself, from a microsecond to an hour.
/// It takes no memory beyond its 25 KB however much it counts. Not safe to use from several threads.
/// </summary>
public sealed class Histogram
{
    /// <summary>The largest error of a percentile, as a share of it. Times below 256 µs are exact to the microsecond.</summary>
    public const double RelativeError = 1.0 / Half;

    private const int HalfBits = 7;
    private const int Half = 1 << HalfBits;
    private const long Longest = 3_600_000_000;

    // Up to 2 * Half each microsecond has a bucket; every doubling beyond has Half of them.
    private static readonly int Buckets = Index(Longest) + 1;

    private readonly long[] _counts = new long[Buckets];
    private double _sum;

    /// <summary>How many times were counted.</summary>
    public long Count { get; private set; }

    /// <summary>The longest time, exactly; zero if none was counted.</summary>
    public TimeSpan Max { get; private set; }

    /// <summary>The mean, exactly; zero if none was counted.</summary>
    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)(_sum / Count));

    /// <summary>Counts a time. One below zero counts as zero, one above an hour in the last bucket.</summary>
    public void Record(TimeSpan time)
    {
        var microseconds = Math.Clamp(time.Ticks / TimeSpan.TicksPerMicrosecond, 0, Longest);
        _counts[Index(microseconds)]++;
        Count++;
        _sum += time.Ticks;
        if (time > Max)
            Max = time;
    }

    /// <summary>The time that this share of all did not exceed: the upper end of its bucket, and never above <see cref="Max"/>. Zero if none was counted.</summary>
    /// <param name="share">From 0 to 1: 0.95 for the 95th percentile.</param>
    public TimeSpan Percentile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (var index = 0; index < Buckets && Count > 0; index++)
        {
            seen += _counts[index];
            if (seen >= rank)
                return index == Buckets - 1 || End(index) > Max ? Max : End(index);
        }

        return TimeSpan.Zero;
    }

    /// <summary>Adds what another one counted.</summary>
    public void Add(Histogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var index = 0; index < Buckets; index++)
            _counts[index] += other._counts[index];
        Count += other.Count;
        _sum += other._sum;
        Max = other.Max > Max ? other.Max : Max;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        _sum = 0;
        Max = TimeSpan.Zero;
    }

    private static int Index(long microseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds | 1) - HalfBits);
        return (shift * Half) + (int)(microseconds >> shift);
    }

    /// <summary>The last microsecond of a bucket.</summary>
    private static TimeSpan End(int index)
    {
        var shift = Math.Max(0, (index / Half) - 1);
        var first = (long)(index - (shift * Half)) << shift;
        return TimeSpan.FromMicroseconds(first + (1L << shift) - 1);
    }
}
