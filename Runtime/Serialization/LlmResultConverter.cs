using System.Text.Json;
using System.Text.Json.Serialization;
using Serving.Runtime.Chat;

namespace Serving.Runtime.Serialization;

/// <summary>A model's result, its messages without the fields of their kind.</summary>
internal sealed class LlmResultConverter : JsonConverter<LlmResult>
{
    public override LlmResult Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException("An LLM result is written, never read.");

    public override void Write(Utf8JsonWriter writer, LlmResult value, JsonSerializerOptions options) =>
        LlmResultJson.Write(writer, value, fullMessages: false, typed: true, options);
}

internal sealed class GenerationConverter : JsonConverter<Generation>
{
    public override bool CanConvert(Type typeToConvert) => typeof(Generation).IsAssignableFrom(typeToConvert);

    public override Generation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException("A generation is written, never read.");

    public override void Write(Utf8JsonWriter writer, Generation value, JsonSerializerOptions options) =>
        LlmResultJson.Write(writer, value, fullMessages: false, options);
}
