namespace Serving.Simulator.Ledgers;

/// <summary>An open request in the ledger. Its fields are the ledger's, under its lock.</summary>
internal sealed class Entry(string model, string endpoint, bool streamed, double offsetMs)
{
    public string Model { get; } = model;

    public bool Streamed { get; } = streamed;

    public string? Outcome { get; set; }

    public int Status { get; set; }

    public bool StreamBegun { get; set; }

    public bool IsHanging { get; set; }

    public TokenCounts? Partial { get; set; }

    public Attempt ToAttempt() => new(Model, endpoint, Streamed, Outcome, offsetMs, Status);
}
