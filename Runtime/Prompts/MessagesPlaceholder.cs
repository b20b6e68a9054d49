using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Prompts;

/// <summary>
/// The place in a chat prompt where messages of the input are put. It takes lists of messages, a single message or prompt,
/// and a text, which becomes one message of the user's.
/// </summary>
public sealed class MessagesPlaceholder : PromptPart
{
    private readonly string _variable;
    private readonly ShapeProperty _property;

    /// <summary>Makes a placeholder.</summary>
    /// <param name="variable">The value of the input that holds the messages.</param>
    /// <param name="optional">Whether the value may be absent or null, which means no messages.</param>
    /// <param name="shape">What the input takes; a list of messages of any type if null.</param>
    public MessagesPlaceholder(string variable, bool optional = false, JsonShape? shape = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(variable);
        _variable = variable;
        _property = new ShapeProperty(variable, shape ?? JsonShape.For<IReadOnlyList<ChatMessage>>())
        {
            Required = !optional,
            Default = optional ? Array.Empty<ChatMessage>() : null,
        };
    }

    /// <summary>How many of the messages are put, the latest ones.</summary>
    /// <value>Default null: all.</value>
    public int? Last
    {
        get;
        init
        {
            if (value is { } count)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
            field = value;
        }
    }

    internal override IEnumerable<ShapeProperty> Variables => [_property];

    internal override void AddTo(List<ChatMessage> messages, ChainValues values, ref PromptBudget budget)
    {
        if (!values.TryGetValue(_variable, out var value) || value is null)
        {
            if (_property.Required)
                throw new InvalidInputException($"The prompt needs messages in '{_variable}'; it is null. Send an empty list for none.");
            return;
        }

        var all = MessageList.Of(value)
            ?? throw new InvalidInputException($"The value of '{_variable}' cannot stand for messages. Send a list of messages, one message, or a text.");
        for (var i = Last is { } last && last < all.Count ? all.Count - last : 0; i < all.Count; i++)
        {
            budget.Take(PromptLimits.LengthOf(all[i]));
            messages.Add(all[i]);
        }
    }
}
