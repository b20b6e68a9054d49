namespace Serving.LoadTests.Targets;

/// <summary>What a simulator has counted of a model.</summary>
public sealed record SimulatorTally
{
    /// <summary>Requests that arrived.</summary>
    public long Requests { get; init; }

    /// <summary>Those that are being answered now.</summary>
    public long Open { get; init; }

    /// <summary>Streams begun.</summary>
    public long StreamsBegun { get; init; }

    /// <summary>Streams sent to their end.</summary>
    public long StreamsFinished { get; init; }

    /// <summary>Streams whose client left.</summary>
    public long StreamsAborted { get; init; }

    /// <summary>Requests that ended, by how.</summary>
    public IReadOnlyDictionary<string, long> Outcomes { get; init; } = new Dictionary<string, long>();

    /// <summary>Of those, requests for streams.</summary>
    public IReadOnlyDictionary<string, long> StreamOutcomes { get; init; } = new Dictionary<string, long>();
}
