namespace Serving.Runtime.Chat;

/// <summary>One answer of a chat model.</summary>
/// <param name="Message">The message.</param>
public sealed record ChatGeneration(AssistantMessage Message) : Generation(Message.Text);
