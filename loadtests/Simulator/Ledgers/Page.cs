namespace Serving.Simulator.Ledgers;

/// <summary>The running counts behind a <see cref="Tally"/>. Guarded by the ledger's lock.</summary>
internal sealed class Page
{
    private readonly Dictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _streamOutcomes = new(StringComparer.Ordinal);

    public long Requests { get; set; }

    public long Open { get; set; }

    public long Hanging { get; set; }

    public long StreamsBegun { get; set; }

    public long StreamsFinished { get; set; }

    public long StreamsAborted { get; set; }

    public TokenCounts Tokens { get; set; } = TokenCounts.Zero;

    public TokenCounts PartialTokens { get; set; } = TokenCounts.Zero;

    public void End(string outcome, bool streamed)
    {
        _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        if (streamed)
            _streamOutcomes[outcome] = _streamOutcomes.GetValueOrDefault(outcome) + 1;
    }

    public Page Remaining() => new() { Open = Open, Hanging = Hanging };

    public Tally ToTally() => new()
    {
        Requests = Requests,
        Open = Open,
        Hanging = Hanging,
        StreamsBegun = StreamsBegun,
        StreamsFinished = StreamsFinished,
        StreamsAborted = StreamsAborted,
        Outcomes = new Dictionary<string, long>(_outcomes, StringComparer.Ordinal),
        StreamOutcomes = new Dictionary<string, long>(_streamOutcomes, StringComparer.Ordinal),
        Tokens = Tokens,
        PartialTokens = PartialTokens,
    };
}
