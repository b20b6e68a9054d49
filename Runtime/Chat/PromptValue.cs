using Microsoft.Extensions.AI;

namespace Serving.Runtime.Chat;

/// <summary>What a model takes: text or messages. Strings and lists of messages convert to it.</summary>
public abstract class PromptValue
{
    private protected PromptValue()
    {
    }

    /// <summary>Whether this stands for a plain string or list of messages that was passed as such.</summary>
    internal bool IsPlain { get; init; }

    /// <summary>The prompt as messages. Text is one message of the user's.</summary>
    public abstract IReadOnlyList<ChatMessage> ToMessages();

    /// <summary>The prompt as text, for models that complete text: messages one a line, each with its speaker.</summary>
    public abstract string ToText();

    /// <summary>The prompt as a chat prompt.</summary>
    public ChatPromptValue ToChat() => this as ChatPromptValue ?? new ChatPromptValue(ToMessages());

    /// <summary>A prompt of text.</summary>
    public static implicit operator PromptValue(string text) => FromText(text);

    /// <summary>A prompt of messages.</summary>
    public static implicit operator PromptValue(List<ChatMessage> messages) => FromMessages(messages);

    /// <summary>A prompt of messages.</summary>
    public static implicit operator PromptValue(ChatMessage[] messages) => FromMessages(messages);

    /// <summary>A prompt of text; on the wire it stays a string.</summary>
    public static PromptValue FromText(string text) => new StringPromptValue(text) { IsPlain = true };

    /// <summary>A prompt of messages; on the wire it stays a list.</summary>
    public static PromptValue FromMessages(IReadOnlyList<ChatMessage> messages) => new ChatPromptValue(messages) { IsPlain = true };
}
