using Microsoft.Extensions.AI;

namespace Serving.Providers.Anthropic;

/// <summary>
/// Thinking that goes back to the provider as it came: with its signature, or whole in a form nobody but the provider reads. Both are protected data.
/// </summary>
internal static class Thinking
{
    private const string RedactedKey = "redacted";

    public static TextReasoningContent Redacted(string data) => new("") { ProtectedData = data, AdditionalProperties = new() { [RedactedKey] = true } };

    public static bool IsRedacted(TextReasoningContent content) => content.AdditionalProperties?.ContainsKey(RedactedKey) == true;
}
