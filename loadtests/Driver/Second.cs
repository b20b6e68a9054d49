namespace Serving.LoadTests.Driver;

/// <summary>What happened in one second of a run.</summary>
public sealed class Second
{
    /// <summary>Whole seconds from the start.</summary>
    public required int At { get; init; }

    /// <summary>Requests that were due.</summary>
    public long Due { get; set; }

    /// <summary>Answers that were as they must be.</summary>
    public long Ok { get; set; }

    /// <summary>Streams that the client left as it meant to.</summary>
    public long Left { get; set; }

    /// <summary>Refusals with Retry-After.</summary>
    public long Refused { get; set; }

    /// <summary>Failures.</summary>
    public long Failed { get; set; }

    /// <summary>Requests in flight when the second ended.</summary>
    public long InFlight { get; set; }

    /// <summary>Bytes received, counted when their answer ended.</summary>
    public long Bytes { get; set; }

    /// <summary>Latency of good answers in milliseconds; null if there were none.</summary>
    public double? P50 { get; set; }

    /// <inheritdoc cref="P50"/>
    public double? P95 { get; set; }

    /// <inheritdoc cref="P50"/>
    public double? P99 { get; set; }

    /// <inheritdoc cref="P50"/>
    public double? Max { get; set; }

    /// <summary>Time to the first piece of streams in milliseconds, 95th percentile; null if there were none.</summary>
    public double? FirstPieceP95 { get; set; }

    /// <summary>By how much the latest request was sent after it was due, in milliseconds.</summary>
    public double Lag { get; set; }
}
