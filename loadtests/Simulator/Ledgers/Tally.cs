namespace Serving.Simulator.Ledgers;

/// <summary>What the ledger holds about one model, or about all: a copy that does not change.</summary>
public sealed record Tally
{
    /// <summary>Requests that arrived, whatever became of them: a client's attempts.</summary>
    public long Requests { get; init; }

    /// <summary>Requests that are being answered now.</summary>
    public long Open { get; init; }

    /// <summary>Of the open ones, those that hang until their client leaves.</summary>
    public long Hanging { get; init; }

    /// <summary>Streams whose headers were sent.</summary>
    public long StreamsBegun { get; init; }

    /// <summary>Streams sent to their end, finish reason included.</summary>
    public long StreamsFinished { get; init; }

    /// <summary>Streams whose client left before their end. Those begun and neither finished nor aborted were broken by a fault, by the simulator's end, or are open.</summary>
    public long StreamsAborted { get; init; }

    /// <summary>Requests that ended, by how: <c>ok</c>, <c>aborted</c> by the client, <c>stopped</c> by the simulator's end, <c>rejected</c>, or the fault's name.</summary>
    public IReadOnlyDictionary<string, long> Outcomes { get; init; } = new Dictionary<string, long>();

    /// <summary>Of <see cref="Outcomes"/>, those of requests for streams.</summary>
    public IReadOnlyDictionary<string, long> StreamOutcomes { get; init; } = new Dictionary<string, long>();

    /// <summary>The sum of all usages that were written in full.</summary>
    public TokenCounts Tokens { get; init; } = TokenCounts.Zero;

    /// <summary>The sum of usages of which only the beginning was written: the <c>message_start</c> of streams that ended before their <c>message_delta</c>.</summary>
    public TokenCounts PartialTokens { get; init; } = TokenCounts.Zero;

    /// <summary>How many requests ended in this way.</summary>
    /// <param name="outcome">A key of <see cref="Outcomes"/>.</param>
    public long Ended(string outcome) => Outcomes.GetValueOrDefault(outcome);
}
