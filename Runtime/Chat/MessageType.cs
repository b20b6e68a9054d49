using Microsoft.Extensions.AI;

namespace Serving.Runtime.Chat;

/// <summary>The <c>type</c> of a message on the wire.</summary>
public static class MessageType
{
    /// <summary>From a person.</summary>
    public const string Human = "human";

    /// <summary>From a model.</summary>
    public const string Assistant = "ai";

    /// <summary>A piece of a model's message.</summary>
    public const string AssistantChunk = "AIMessageChunk";

    /// <summary>Instructions.</summary>
    public const string System = "system";

    /// <summary>What a tool gave.</summary>
    public const string Tool = "tool";

    /// <summary>What a function gave, in the old form.</summary>
    public const string Function = "function";

    /// <summary>From a role of another name.</summary>
    public const string Chat = "chat";

    /// <summary>The key under which a message keeps a type that its role does not tell.</summary>
    internal const string Key = "type";

    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        [Human] = "HumanMessage",
        [Assistant] = "AIMessage",
        [System] = "SystemMessage",
        [Chat] = "ChatMessage",
        [Tool] = "ToolMessage",
        [Function] = "FunctionMessage",
    };

    /// <summary>The type of a message: the one it came with, else its role's.</summary>
    public static string Of(ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.AdditionalProperties?.TryGetValue(Key, out var kept) == true && kept is string type)
            return type;
        var role = message.Role;
        return role == ChatRole.User ? Human
            : role == ChatRole.Assistant ? Assistant
            : role == ChatRole.System ? System
            : role == ChatRole.Tool ? Tool
            : role.Value == Function ? Function
            : Chat;
    }

    /// <summary>The name of the message's class in LangChain, such as <c>HumanMessage</c> or <c>AIMessageChunk</c>.</summary>
    public static string ClassName(ChatMessage message)
    {
        var type = Of(message);
        return Classes.TryGetValue(type, out var name) ? name : type;
    }

    /// <summary>The plain type of a chunk's: <c>human</c> for <c>HumanMessageChunk</c>.</summary>
    internal static string Plain(string type) =>
        type.EndsWith("Chunk", StringComparison.Ordinal) ? Classes.First(pair => type == pair.Value + "Chunk").Key : type;

    internal static bool IsKnown(string type) => Classes.ContainsKey(type) || Classes.Values.Any(name => type == name + "Chunk");

    internal static IEnumerable<string> All => Classes.Keys.Concat(Classes.Values.Select(name => name + "Chunk"));
}
