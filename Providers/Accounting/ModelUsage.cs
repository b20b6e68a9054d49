using Serving.Providers.Catalog;

namespace Serving.Providers.Accounting;

/// <summary>The tokens of a model since the process began, as far as its provider told of them.</summary>
/// <param name="Model">The model.</param>
/// <param name="InputTokens">Tokens of prompts, cached ones and those written to a cache included.</param>
/// <param name="CachedInputTokens">Those of the input that the provider had cached.</param>
/// <param name="OutputTokens">Tokens of answers, reasoning included.</param>
/// <param name="ReasoningTokens">Those of the output that were reasoning.</param>
public sealed record ModelUsage(ModelName Model, long InputTokens, long CachedInputTokens, long OutputTokens, long ReasoningTokens)
{
    /// <summary>Those of the input that the provider put into its cache.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>How many attempts told of tokens. Attempts that failed before the provider told any are not among them.</summary>
    public long Attempts { get; init; }

    /// <summary>What the tokens cost, in dollars; null if the model has no known price.</summary>
    public decimal? Cost { get; init; }
}
