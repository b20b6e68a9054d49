namespace Serving.Simulator.Ledgers;

/// <summary>A request as it arrived, and what became of it.</summary>
/// <param name="Model">The model's name as it was asked for; <c>?</c> if the request told none.</param>
/// <param name="Endpoint">The wire and what was asked of it: <c>openai/chat</c>, <c>anthropic/chat</c>, <c>azure/embeddings</c>.</param>
/// <param name="Streamed">Whether a stream was asked for.</param>
/// <param name="Outcome">A key of <see cref="Tally.Outcomes"/>; null while it is open.</param>
/// <param name="OffsetMs">Milliseconds from the ledger's start to its arrival.</param>
/// <param name="Status">The status that was sent; 0 if none was.</param>
public sealed record Attempt(string Model, string Endpoint, bool Streamed, string? Outcome, double OffsetMs, int Status);
