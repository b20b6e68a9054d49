namespace Serving.LoadTests.Client;

/// <summary>What became of a request.</summary>
public sealed record RequestResult
{
    /// <summary>How it ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The HTTP status; 0 if none came.</summary>
    public int Status { get; init; }

    /// <summary>The statuses of what failed within an answer of 200: of the error event, or of each failed input of a batch.</summary>
    public IReadOnlyList<int> Failures { get; init; } = [];

    /// <summary>What is wrong with the pieces' order.</summary>
    public Disorder Disorder { get; init; }

    /// <summary>From the call to the last byte.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>From the call to a stream's first piece; null if none came.</summary>
    public TimeSpan? FirstPiece { get; init; }

    /// <summary>The times between a stream's pieces. Pieces that arrive together have none between them.</summary>
    public IReadOnlyList<TimeSpan> Gaps { get; init; } = [];

    /// <summary>A stream's pieces, without empty ones.</summary>
    public int Pieces { get; init; }

    /// <summary>Bytes received, heads included.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether Retry-After was there.</summary>
    public bool HasRetryAfter { get; init; }

    /// <summary>Whether a connection was made for it.</summary>
    public bool IsNewConnection { get; init; }

    /// <summary>Whether it was sent again since the server had closed the kept connection before it answered. That is no failure.</summary>
    public bool WasResent { get; init; }

    /// <summary>A few words about a failure, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether this must not happen.</summary>
    public bool IsFailure => Outcome is not (Outcome.Ok or Outcome.Left or Outcome.Refused);
}
