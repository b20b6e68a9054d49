namespace Serving.Simulator.Ledgers;

/// <summary>Tokens as a provider tells them, brought to one form.</summary>
/// <param name="Input">All tokens of the prompt, cached ones included.</param>
/// <param name="Cached">Those of <paramref name="Input"/> that were told as cached.</param>
/// <param name="Output">All tokens of the answer, reasoning included.</param>
/// <param name="Reasoning">Those of <paramref name="Output"/> that were told as reasoning.</param>
public sealed record TokenCounts(long Input, long Cached, long Output, long Reasoning)
{
    /// <summary>No tokens.</summary>
    public static TokenCounts Zero { get; } = new(0, 0, 0, 0);

    /// <summary>The sum, field by field.</summary>
    public static TokenCounts operator +(TokenCounts left, TokenCounts right) => left.Add(right);

    /// <inheritdoc cref="op_Addition"/>
    public TokenCounts Add(TokenCounts other) =>
        new(Input + other.Input, Cached + other.Cached, Output + other.Output, Reasoning + other.Reasoning);
}
