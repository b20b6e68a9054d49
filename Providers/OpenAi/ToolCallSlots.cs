using System.Globalization;
using System.Text.Json;
using Serving.Providers.Wire;
using Serving.Runtime.Chat;

namespace Serving.Providers.OpenAi;

/// <summary>
/// Reads tool calls and numbers them. Some providers leave the index out or give every call the same; a new id is a new call then.
/// </summary>
internal sealed class ToolCallSlots
{
    private readonly List<(long? Index, string? Id)> _slots = [];

    public List<ToolCallChunk>? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        List<ToolCallChunk>? calls = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                (calls ??= []).Add(ReadCall(ref reader));
            else
                reader.Skip();
        }

        return calls;
    }

    private ToolCallChunk ReadCall(ref Utf8JsonReader reader)
    {
        long? index = null;
        string? id = null, name = null, arguments = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                index = Json.Number(ref reader);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = Json.Text(ref reader);
            }
            else if (reader.ValueTextEquals("function"u8))
            {
                reader.Read();
                ReadFunction(ref reader, ref name, ref arguments);
            }
            else
            {
                reader.Skip();
            }
        }

        var (slot, isNew) = SlotOf(index, id, name);
        return new ToolCallChunk
        {
            Index = slot,
            CallId = id ?? (isNew ? string.Create(CultureInfo.InvariantCulture, $"call_{slot}") : null),
            Name = name,
            Arguments = arguments,
        };
    }

    private static void ReadFunction(ref Utf8JsonReader reader, ref string? name, ref string? arguments)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = Json.Text(ref reader);
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                reader.Read();
                // A string of JSON, or by some the JSON itself.
                arguments = reader.TokenType == JsonTokenType.StartObject ? Json.Raw(ref reader) : Json.Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private (int Slot, bool IsNew) SlotOf(long? index, string? id, string? name)
    {
        for (var i = _slots.Count - 1; i >= 0; i--)
        {
            var slot = _slots[i];
            var isSame = id is null ? (index is null ? name is null : slot.Index == index)
                : slot.Id is null ? index is not null && slot.Index == index
                : slot.Id == id && (index is null || slot.Index == index);
            if (isSame)
                return (i, false);
        }

        _slots.Add((index, id));
        return (_slots.Count - 1, true);
    }
}
