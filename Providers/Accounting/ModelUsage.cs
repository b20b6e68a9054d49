using Serving.Providers.Catalog;

namespace Serving.Providers.Accounting;

/// <summary>The tokens of a model since the process began, as far as its provider told of them.</summary>
/// <param name="Model">The model.</param>
/// <param name="InputTokens">Tokens of prompts, cached ones included.</param>
/// <param name="CachedInputTokens">Those of the input that the provider had cached.</param>
/// <param name="OutputTokens">Tokens of answers, reasoning included.</param>
/// <param name="ReasoningTokens">Those of the output that were reasoning.</param>
public sealed record ModelUsage(ModelName Model, long InputTokens, long CachedInputTokens, long OutputTokens, long ReasoningTokens);
