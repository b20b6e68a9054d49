using Microsoft.Extensions.AI;

namespace Serving.Runtime.Chat;

/// <summary>A prompt of text, as a string template gives it.</summary>
public sealed class StringPromptValue : PromptValue
{
    /// <summary>Makes the prompt.</summary>
    public StringPromptValue(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ChatMessage> ToMessages() => [new(ChatRole.User, Text)];

    /// <inheritdoc/>
    public override string ToText() => Text;
}
