using Microsoft.Extensions.AI;

namespace Serving.Runtime.Models;

/// <summary>The words of the built-in model.</summary>
internal static class OfflineText
{
    private const int MaxQuoted = 160;

    private static readonly string[] Openings =
    [
        "This is the offline model: it runs inside the server, without a key and without a network.",
        "You have reached the offline model, which answers when no provider is configured.",
        "The offline model is answering; no provider was called.",
        "Hello from the offline model, built into this server for trying things out.",
    ];

    private static readonly string[] Echoes = ["You asked:", "Your message was:", "I was given:", "The question reads:"];

    private static readonly string[] Closings =
    [
        "A real model would have more to say; configure a provider to hear it.",
        "These words depend on your input alone, so the same input gives them again.",
        "Use this answer to check the wiring of a chain, not its wisdom.",
        "Everything else in the chain works just as it will with a provider.",
    ];

    public static string Answer(IReadOnlyList<ChatMessage> messages, OfflineDice dice)
    {
        if (messages.Count > 0 && messages[^1].Role == ChatRole.Tool)
            return $"{dice.Pick(Openings)} The tool said: {Of(messages[^1])} (Reply {dice.Fingerprint}.)";
        var asked = Asked(messages);
        var echo = asked.Length == 0 ? "Your message holds no text." : $"{dice.Pick(Echoes)} \"{asked}\".";
        return $"{dice.Pick(Openings)} {echo} {dice.Pick(Closings)} (Reply {dice.Fingerprint}.)";
    }

    /// <summary>The text of a message, results of tools included.</summary>
    public static string Of(ChatMessage message) => string.Concat(message.Contents.Select(content => content switch
    {
        TextContent text => text.Text,
        FunctionResultContent result => result.Result?.ToString(),
        _ => null,
    }));

    /// <summary>The text of the user's last message, else of the last message, on one line and shortened.</summary>
    public static string Asked(IReadOnlyList<ChatMessage> messages)
    {
        var asked = messages.LastOrDefault(message => message.Role == ChatRole.User) ?? (messages.Count == 0 ? null : messages[^1]);
        var text = string.Join(' ', Words(asked?.Text ?? ""));
        if (text.Length <= MaxQuoted)
            return text;
        var end = char.IsHighSurrogate(text[MaxQuoted - 1]) ? MaxQuoted - 1 : MaxQuoted;
        return string.Concat(text.AsSpan(0, end).TrimEnd(), "…");
    }

    public static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One token for every four characters begun.</summary>
    public static int Tokens(string text) => (text.Length + 3) / 4;
}
