namespace Serving.Providers.Accounting;

/// <summary>
/// What a model's tokens cost, in dollars per million. A provider's other tariffs, such as those of batches and long prompts, have no place here.
/// </summary>
/// <param name="Input">Tokens of prompts.</param>
/// <param name="Output">Tokens of answers.</param>
public sealed record ModelPrice(decimal Input, decimal Output)
{
    private const decimal Million = 1_000_000;

    /// <summary>Tokens of prompts that the provider had cached.</summary>
    /// <value>Default <see cref="Input"/>.</value>
    public decimal CachedInput { get; init; } = Input;

    /// <summary>Tokens of prompts that the provider put into its cache.</summary>
    /// <value>Default <see cref="Input"/>.</value>
    public decimal CacheWrite { get; init; } = Input;

    /// <summary>Tokens of answers that were reasoning.</summary>
    /// <value>Default <see cref="Output"/>.</value>
    public decimal Reasoning { get; init; } = Output;

    /// <summary>When the provider was seen to ask these prices; null if nobody wrote it down.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>What tokens cost, in dollars and not rounded: the costs of parts add up to the cost of their sum.</summary>
    public decimal Cost(ModelUsage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);

        // A provider that tells more cached tokens than tokens, or more reasoning than answer, is not paid for the difference.
        var input = Math.Max(0, usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens);
        var output = Math.Max(0, usage.OutputTokens - usage.ReasoningTokens);
        return ((input * Input) + (usage.CachedInputTokens * CachedInput) + (usage.CacheWriteTokens * CacheWrite)
            + (output * Output) + (usage.ReasoningTokens * Reasoning)) / Million;
    }
}
