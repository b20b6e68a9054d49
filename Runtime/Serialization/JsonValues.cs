using System.Text.Json;
using Serving.Runtime.Chat;

namespace Serving.Runtime.Serialization;

/// <summary>Writes values of whatever type they have at run time.</summary>
public static class JsonValues
{
    /// <summary>Writes one value. The common ones go straight to the writer, without looking up a contract.</summary>
    /// <param name="writer">Receives the JSON.</param>
    /// <param name="value">The value.</param>
    /// <param name="options">One of <see cref="RuntimeJson"/>'s.</param>
    /// <exception cref="NotSupportedException">The value has no JSON form.</exception>
    public static void Write(Utf8JsonWriter writer, object? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case JsonElement { ValueKind: JsonValueKind.Undefined }:
                writer.WriteNullValue();
                break;
            case JsonElement element:
                element.WriteTo(writer);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                RealConverter.WriteReal(writer, number);
                break;
            case AssistantMessage message:
                MessageJson.Write(writer, message, options);
                break;
            default:
                JsonSerializer.Serialize(writer, value, value.GetType(), options);
                break;
        }
    }
}
