namespace Serving.LoadTests.Compare;

/// <summary>What the host holds with streams open and silent.</summary>
internal sealed record IdleReport
{
    /// <summary>Streams that were wanted.</summary>
    public required int Wanted { get; init; }

    /// <summary>Streams that were open at once, each with its first piece received. The system's limit of open files may allow fewer than were wanted: the host needs two for each.</summary>
    public required int Open { get; init; }

    /// <summary>Bytes of memory the host held before the first.</summary>
    public required long ResidentBefore { get; init; }

    /// <summary>Bytes of memory it held with all open.</summary>
    public required long Resident { get; init; }

    /// <summary>What it used while nothing happened, as a share of a core; its signs of life are in it.</summary>
    public required double IdleCpu { get; init; }

    /// <summary>Streams that ended in any other way than by the client's leaving.</summary>
    public required int Failed { get; init; }
}
