using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Serialization;

internal sealed class ChatMessageConverter : JsonConverter<ChatMessage>
{
    public override ChatMessage? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadShape(ref reader);

    public override void Write(Utf8JsonWriter writer, ChatMessage value, JsonSerializerOptions options) => MessageJson.Write(writer, value, options);

    internal static ChatMessage ReadShape(ref Utf8JsonReader reader)
    {
        var json = JsonElement.ParseValue(ref reader);
        return JsonShape.For<ChatMessage>().TryRead(json, out var message, out var errors)
            ? (ChatMessage)message!
            : throw new JsonException(string.Join("; ", errors.Select(error => error.Message)));
    }
}

internal sealed class AssistantMessageConverter : JsonConverter<AssistantMessage>
{
    public override AssistantMessage? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AssistantMessage.From(ChatMessageConverter.ReadShape(ref reader));

    public override void Write(Utf8JsonWriter writer, AssistantMessage value, JsonSerializerOptions options) => MessageJson.Write(writer, value, options);
}

/// <summary>Messages that stand where any kind may stand: without the fields of their kind.</summary>
internal sealed class BareMessagesConverter : JsonConverter<IReadOnlyList<ChatMessage>>
{
    public override IReadOnlyList<ChatMessage> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<ChatMessage[]>(ref reader, options) ?? [];

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<ChatMessage> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var message in value)
            MessageJson.WriteBare(writer, message, options);
        writer.WriteEndArray();
    }
}

internal sealed class PromptValueConverter(bool bare) : JsonConverter<PromptValue>
{
    public override bool CanConvert(Type typeToConvert) => typeof(PromptValue).IsAssignableFrom(typeToConvert);

    public override PromptValue? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        return JsonShape.For<PromptValue>().TryRead(json, out var prompt, out _) ? (PromptValue)prompt! : throw new JsonException("This is not a prompt.");
    }

    public override void Write(Utf8JsonWriter writer, PromptValue value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case StringPromptValue { IsPlain: true } text:
                writer.WriteStringValue(text.Text);
                break;
            case StringPromptValue text:
                writer.WriteStartObject();
                writer.WriteString("text"u8, text.Text);
                writer.WriteString("type"u8, "StringPromptValue"u8);
                writer.WriteEndObject();
                break;
            case ChatPromptValue { IsPlain: true } chat:
                WriteMessages(writer, chat, bareMessages: false, options);
                break;
            case ChatPromptValue chat:
                writer.WriteStartObject();
                writer.WritePropertyName("messages"u8);
                WriteMessages(writer, chat, bare && chat.IsFromTemplate, options);
                if (!(bare && chat.IsFromTemplate))
                    writer.WriteString("type"u8, "ChatPromptValueConcrete"u8);
                writer.WriteEndObject();
                break;
        }
    }

    private static void WriteMessages(Utf8JsonWriter writer, ChatPromptValue prompt, bool bareMessages, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var message in prompt.Messages)
        {
            if (bareMessages)
                MessageJson.WriteBare(writer, message, options);
            else
                MessageJson.Write(writer, message, options);
        }

        writer.WriteEndArray();
    }
}
