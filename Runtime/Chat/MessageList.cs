using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Chat;

/// <summary>Finds the messages in a value, whatever form they have.</summary>
internal static class MessageList
{
    private static readonly JsonShape Messages = JsonShape.For<IReadOnlyList<ChatMessage>>();

    /// <summary>The messages; null if the value is none. A text is a message of <paramref name="speaker"/>, the user unless told.</summary>
    /// <exception cref="Errors.InvalidInputException">It is JSON, but not of messages.</exception>
    public static IReadOnlyList<ChatMessage>? Of(object? value, ChatRole? speaker = null) => value switch
    {
        IReadOnlyList<ChatMessage> messages => messages,
        ChatMessage message => [message],
        AssistantMessage message => [message.ToChatMessage()],
        PromptValue prompt => prompt.ToMessages(),
        string text => [new(speaker ?? ChatRole.User, text)],
        JsonElement { ValueKind: JsonValueKind.String } text => [new(speaker ?? ChatRole.User, text.GetString())],
        JsonElement { ValueKind: JsonValueKind.Array } list => (IReadOnlyList<ChatMessage>)Messages.Read(list)!,
        JsonElement { ValueKind: JsonValueKind.Object } message => [(ChatMessage)JsonShape.For<ChatMessage>().Read(message)!],
        IEnumerable<object?> items => OfItems(items, speaker),
        _ => null,
    };

    private static List<ChatMessage>? OfItems(IEnumerable<object?> items, ChatRole? speaker)
    {
        var messages = new List<ChatMessage>();
        foreach (var item in items)
        {
            if (item is IEnumerable<object?> || Of(item, speaker) is not { } found)
                return null;
            messages.AddRange(found);
        }

        return messages;
    }
}
