using Microsoft.Extensions.AI;
using Serving.Runtime.Errors;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Prompts;

/// <summary>
/// A part of a chat prompt: a message with variables, written as a pair of role and text; a message as it is; or a
/// <see cref="MessagesPlaceholder"/>. Pairs and messages convert to it.
/// </summary>
public abstract class PromptPart
{
    private protected PromptPart()
    {
    }

    internal abstract IEnumerable<ShapeProperty> Variables { get; }

    internal abstract void AddTo(List<ChatMessage> messages, ChainValues values, ref PromptBudget budget);

    /// <summary>A message of a role: <c>system</c>, <c>human</c> or <c>user</c>, <c>ai</c> or <c>assistant</c>; any other is a role of its own name.</summary>
    /// <exception cref="InvalidInputException">The text is malformed; the message says where.</exception>
    /// <exception cref="ArgumentException">The role is a tool's, whose messages answer a call and cannot be made of a text.</exception>
    public static implicit operator PromptPart((string Role, string Template) message) => new TemplatePart(RoleOf(message.Role), TemplateText.Parse(message.Template));

    /// <summary>A message as it is; braces in it mean nothing.</summary>
    public static implicit operator PromptPart(ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new MessagePart(message);
    }

    private static ChatRole RoleOf(string role)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        return role switch
        {
            "system" => ChatRole.System,
            "human" or "user" => ChatRole.User,
            "ai" or "assistant" => ChatRole.Assistant,
            "tool" or "function" => throw new ArgumentException($"A message of the role '{role}' answers a call and cannot be made of a text; use a MessagesPlaceholder.", nameof(role)),
            _ => new ChatRole(role),
        };
    }

    private sealed class TemplatePart(ChatRole role, TemplateText text) : PromptPart
    {
        internal override IEnumerable<ShapeProperty> Variables => text.Variables.Select(variable => new ShapeProperty(variable, JsonShape.String));

        internal override void AddTo(List<ChatMessage> messages, ChainValues values, ref PromptBudget budget) =>
            messages.Add(new ChatMessage(role, text.Format(values, ref budget)));
    }

    private sealed class MessagePart(ChatMessage message) : PromptPart
    {
        internal override IEnumerable<ShapeProperty> Variables => [];

        internal override void AddTo(List<ChatMessage> messages, ChainValues values, ref PromptBudget budget)
        {
            budget.Take(PromptLimits.LengthOf(message));
            messages.Add(message.Clone());
        }
    }
}
