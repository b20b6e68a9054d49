namespace Serving.LoadTests.Compare;

/// <summary>What a server did, and used, in one turn.</summary>
internal sealed record Turn
{
    public required double Seconds { get; init; }

    /// <summary>Requests answered.</summary>
    public required long Answers { get; init; }

    /// <summary>Pieces of streams.</summary>
    public required long Frames { get; init; }

    /// <summary>User and system time of all its processes.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Bytes on the managed heap; null where there is none, or none is told.</summary>
    public double? Allocated { get; init; }

    /// <summary>The most bytes of memory that all its processes held together.</summary>
    public required long Resident { get; init; }

    /// <summary>Half of all waits were shorter: to a stream's first piece, or to a whole answer.</summary>
    public required double WaitP50 { get; init; }

    public required double WaitP99 { get; init; }

    /// <summary>What went wrong, and how often; lost, merged or reordered pieces are in it.</summary>
    public required IReadOnlyDictionary<string, long> Failures { get; init; }

    public double CpuPerAnswer() => CpuSeconds * 1e6 / Answers;

    public double? CpuPerFrame() => Frames > 0 ? CpuSeconds * 1e6 / Frames : null;
}
