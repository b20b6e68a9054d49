using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Prompts;

/// <summary>How a value reads in a prompt: texts and messages as their text, null as nothing, numbers invariant, anything else as JSON.</summary>
internal static class PromptText
{
    public static string Of(object? value) => value switch
    {
        null => "",
        string text => text,
        JsonElement element => Of(element),
        bool flag => flag ? "true" : "false",
        AssistantMessage message => message.Text,
        ChatMessage message => message.Text,
        PromptValue prompt => prompt.ToText(),
        Enum name => name.ToString(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => JsonSerializer.Serialize(value, value.GetType(), RuntimeJson.Options),
    };

    private static string Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        JsonValueKind.String => element.GetString()!,
        _ => element.GetRawText(),
    };
}
