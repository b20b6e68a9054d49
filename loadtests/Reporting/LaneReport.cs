using Serving.LoadTests.Driver;

namespace Serving.LoadTests.Reporting;

/// <summary>What became of a lane's requests.</summary>
internal sealed record LaneReport
{
    public required string Name { get; init; }

    public required long Sent { get; init; }

    /// <summary>Due and not sent, because too many were in flight.</summary>
    public required long Skipped { get; init; }

    /// <summary>By how much requests were sent after they were due.</summary>
    public required Percentiles? Lag { get; init; }

    public required IReadOnlyList<KindReport> Kinds { get; init; }

    public required IReadOnlyList<Second> Seconds { get; init; }

    public static LaneReport Of(Lane lane) => new()
    {
        Name = lane.Name,
        Sent = lane.Recorder.SentCount,
        Skipped = lane.Recorder.SkippedCount,
        Lag = Percentiles.Of(lane.Recorder.Lag),
        Kinds = [.. lane.Recorder.Kinds.Select(kind => KindReport.Of(kind.Key, kind.Value))],
        Seconds = lane.Recorder.Seconds,
    };
}
