using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Models;

/// <summary>How the built-in model uses tools: at most one call, chosen by the words of the user's message and filled with them.</summary>
internal static class OfflineTools
{
    // Shorter words are in every description and tell nothing.
    private const int LeastLength = 4;

    private static readonly char[] Marks = ['.', ',', ';', ':', '!', '?', '"', '\''];

    /// <summary>The call to make; null if no tool fits, or if the last message is not the user's.</summary>
    public static FunctionCallContent? Choose(IReadOnlyList<ChatMessage> messages, ChatOptions? options, OfflineDice dice)
    {
        if (options is not { Tools.Count: > 0, ToolMode: not NoneChatToolMode } || messages.Count == 0 || messages[^1].Role != ChatRole.User)
            return null;
        var words = OfflineText.Words(messages[^1].Text);
        var asked = words.Select(word => word.Trim(Marks)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var tool = options.Tools.OfType<AIFunction>().FirstOrDefault(tool => asked.Overlaps(NamesOf(tool)));
        if (tool is null)
            return null;
        var filled = new OfflineJson(tool.JsonSchema, SubjectOf(words), dice).Fill() as JsonObject ?? [];
        var arguments = JsonSerializer.SerializeToElement(filled, RuntimeJson.Options);
        return new FunctionCallContent($"call_{dice.Fingerprint}", tool.Name, Chat.ToolCallChunk.ReadArguments(arguments));
    }

    /// <summary>A call as text, for counting.</summary>
    public static string Text(FunctionCallContent call) => call.Name + JsonSerializer.Serialize(call.Arguments, RuntimeJson.Options);

    private static IEnumerable<string> NamesOf(AIFunction tool) =>
        [tool.Name, .. tool.Name.Split('_', '-').Concat(OfflineText.Words(tool.Description)).Select(word => word.Trim(Marks)).Where(word => word.Length >= LeastLength)];

    /// <summary>What arguments are made of: the words from the first number to the last as one, else every word.</summary>
    private static string[] SubjectOf(string[] words)
    {
        var first = Array.FindIndex(words, HasDigit);
        return first < 0 ? words : [string.Join(' ', words[first..(Array.FindLastIndex(words, HasDigit) + 1)]).TrimEnd(Marks)];
    }

    private static bool HasDigit(string word) => word.Any(char.IsAsciiDigit);
}
