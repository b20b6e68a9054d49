using Serving.LoadTests.Client;
using Serving.LoadTests.Driver;

namespace Serving.LoadTests.Reporting;

/// <summary>What became of the requests of one kind.</summary>
internal sealed record KindReport
{
    public required string Kind { get; init; }

    public required long Ended { get; init; }

    public required long Ok { get; init; }

    public required long Left { get; init; }

    public required long Refused { get; init; }

    public required long Failed { get; init; }

    /// <summary>Those of a kind that streams alone have, and what is worst: answers that are not what was said.</summary>
    public required long Truncated { get; init; }

    /// <inheritdoc cref="Truncated"/>
    public required long Disordered { get; init; }

    /// <inheritdoc cref="Truncated"/>
    public required long Wrong { get; init; }

    public required IReadOnlyDictionary<int, long> Statuses { get; init; }

    public required IReadOnlyDictionary<string, long> Failures { get; init; }

    public required Percentiles? Latency { get; init; }

    public required Percentiles? FirstPiece { get; init; }

    public required Percentiles? Gap { get; init; }

    public required Percentiles? Added { get; init; }

    public required Percentiles? Refusal { get; init; }

    public required long Bytes { get; init; }

    public required long Pieces { get; init; }

    public required long NewConnections { get; init; }

    public required long Resent { get; init; }

    public static KindReport Of(RequestKind kind, KindStats stats) => new()
    {
        Kind = kind.ToString().ToLowerInvariant(),
        Ended = stats.Ended,
        Ok = stats.Of(Outcome.Ok),
        Left = stats.Of(Outcome.Left),
        Refused = stats.Of(Outcome.Refused),
        Failed = stats.Ended - stats.Of(Outcome.Ok) - stats.Of(Outcome.Left) - stats.Of(Outcome.Refused),
        Truncated = stats.Of(Outcome.Truncated),
        Disordered = stats.Of(Outcome.Disordered),
        Wrong = stats.Of(Outcome.Wrong),
        Statuses = stats.Statuses,
        Failures = stats.Failures,
        Latency = Percentiles.Of(stats.Latency),
        FirstPiece = Percentiles.Of(stats.FirstPiece),
        Gap = Percentiles.Of(stats.Gap),
        Added = Percentiles.Of(stats.Added),
        Refusal = Percentiles.Of(stats.Refusal),
        Bytes = stats.Bytes,
        Pieces = stats.Pieces,
        NewConnections = stats.NewConnections,
        Resent = stats.Resent,
    };
}
