using Serving.LoadTests.Client;

namespace Serving.LoadTests.Compare;

/// <summary>What came back in a turn. Not safe to use from several threads.</summary>
internal sealed class LoopCount
{
    private readonly List<double> _waits = [];

    public double Seconds { get; set; }

    public long Answers { get; private set; }

    public long Frames { get; private set; }

    /// <summary>What went wrong, and how often.</summary>
    public SortedDictionary<string, long> Failures { get; } = new(StringComparer.Ordinal);

    public void Add(RequestResult result)
    {
        Answers++;
        Frames += result.Pieces;
        _waits.Add((result.FirstPiece ?? result.Elapsed).TotalMilliseconds);
        if (result.IsFailure || result.Outcome == Outcome.Refused)
            Count($"{result.Outcome}: {result.Detail}", 1);
    }

    public void Add(LoopCount other)
    {
        Answers += other.Answers;
        Frames += other.Frames;
        _waits.AddRange(other._waits);
        foreach (var (what, count) in other.Failures)
            Count(what, count);
    }

    /// <summary>The wait in ms that a share of all requests did not exceed: to a stream's first piece, or to a whole answer.</summary>
    public double Wait(double share)
    {
        _waits.Sort();
        return _waits.Count == 0 ? 0 : _waits[Math.Min(_waits.Count - 1, (int)(share * _waits.Count))];
    }

    private void Count(string what, long count) => Failures[what] = Failures.GetValueOrDefault(what) + count;
}
