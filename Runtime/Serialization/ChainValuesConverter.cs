using System.Text.Json;
using System.Text.Json.Serialization;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Serialization;

/// <summary>Named values as a JSON object in their order.</summary>
internal sealed class ChainValuesConverter : JsonConverter<ChainValues>
{
    public override ChainValues? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (ChainValues?)JsonShape.Dictionary.Read(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, ChainValues value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, item) in value.AsSpan())
        {
            writer.WritePropertyName(key);
            JsonValues.Write(writer, item, options);
        }

        writer.WriteEndObject();
    }
}
