using Microsoft.Extensions.AI;

namespace Serving.Runtime.Chat;

/// <summary>A prompt of messages, as a chat template gives it.</summary>
public sealed class ChatPromptValue : PromptValue
{
    /// <summary>Makes the prompt.</summary>
    public ChatPromptValue(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Messages = messages;
    }

    /// <summary>The messages, oldest first.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>Whether a template made it: events then show it in the template's own form, without its type.</summary>
    internal bool IsFromTemplate { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<ChatMessage> ToMessages() => Messages;

    /// <inheritdoc/>
    public override string ToText() => string.Join('\n', Messages.Select(message => $"{Speaker(message)}: {message.Text}"));

    private static string Speaker(ChatMessage message) => MessageType.Plain(MessageType.Of(message)) switch
    {
        MessageType.Human => "Human",
        MessageType.Assistant => "AI",
        MessageType.System => "System",
        MessageType.Tool => "Tool",
        MessageType.Function => "Function",
        _ => message.Role.Value,
    };
}
