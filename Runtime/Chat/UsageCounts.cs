using Microsoft.Extensions.AI;

namespace Serving.Runtime.Chat;

/// <summary>Names among the <see cref="UsageDetails.AdditionalCounts"/> of usage that this library understands.</summary>
public static class UsageCounts
{
    /// <summary>The tokens of the input that the provider put into its cache; they are part of the input. The name is the one Anthropic's own client gives them.</summary>
    public const string CacheWrite = "CacheCreationInputTokens";
}
