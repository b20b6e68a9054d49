namespace Serving.Simulator.Faults;

/// <summary>A way to misbehave, and when.</summary>
internal sealed record Fault(string Name, FaultKind Kind)
{
    /// <summary>What a status or an error inside a stream is about.</summary>
    public ErrorCase Case { get; init; } = ErrorCase.ServerError;

    /// <summary>The status, if it is not the one the provider has for the case.</summary>
    public int? Status { get; init; }

    public FaultPoint At { get; init; }

    /// <summary>Pieces of text before a fault at <see cref="FaultPoint.Text"/>.</summary>
    public int After { get; init; } = 3;

    /// <summary>Between the pieces of a slow answer, and between signs of life.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes of a huge piece.</summary>
    public int Size { get; init; } = 8 * 1024 * 1024;

    public RetryHint? Retry { get; init; }

    /// <summary>Only so many requests misbehave; 0 is no limit.</summary>
    public long Times { get; init; }

    /// <summary>Only every so many-th request misbehaves.</summary>
    public long Every { get; init; } = 1;

    /// <summary>The chance that a request misbehaves.</summary>
    public double Share { get; init; } = 1;
}
