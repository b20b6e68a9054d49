using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;
using Serving.Runtime.Errors;

namespace Serving.Providers.OpenAi;

/// <summary>Writes requests for embeddings and reads their answers.</summary>
internal static class EmbeddingBody
{
    public static byte[] Write(string model, IReadOnlyCollection<string> inputs, EmbeddingGenerationOptions? options)
    {
        var buffer = JsonBuffer.Rent();
        var writer = buffer.Writer;
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        writer.WriteStartArray("input"u8);
        foreach (var input in inputs)
            writer.WriteStringValue(input);
        writer.WriteEndArray();
        if (options?.Dimensions is { } dimensions && options.AdditionalProperties?.ContainsKey("dimensions") != true)
            writer.WriteNumber("dimensions"u8, dimensions);
        foreach (var (name, value) in options?.AdditionalProperties ?? [])
        {
            if (name is "model" or "input" or "encoding_format")
                throw new InvalidInputException($"'{name}' cannot be an additional property of a call: the client decides it.");
            writer.WritePropertyName(name);
            JsonBuffer.WriteValue(writer, value);
        }

        writer.WriteEndObject();
        return buffer.Take();
    }

    /// <summary>The embeddings in the order of the inputs; null if the answer does not have one for each.</summary>
    public static GeneratedEmbeddings<Embedding<float>>? Read(ReadOnlyMemory<byte> body, int count, DateTimeOffset now)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("data", out var data) || data.GetArrayLength() != count)
                return null;
            var model = json.RootElement.TryGetProperty("model", out var named) ? named.GetString() : null;
            var found = new Embedding<float>?[count];
            var place = 0;
            foreach (var item in data.EnumerateArray())
            {
                var at = item.TryGetProperty("index", out var index) ? index.GetInt32() : place;
                found[at] = new Embedding<float>(Vector(item.GetProperty("embedding"))) { ModelId = model, CreatedAt = now };
                place++;
            }

            if (found.Contains(null))
                return null;
            return new GeneratedEmbeddings<Embedding<float>>(found.OfType<Embedding<float>>()) { Usage = UsageOf(json.RootElement) };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    private static float[] Vector(JsonElement json)
    {
        var vector = new float[json.GetArrayLength()];
        var i = 0;
        foreach (var number in json.EnumerateArray())
            vector[i++] = number.GetSingle();
        return vector;
    }

    private static UsageDetails? UsageOf(JsonElement json) =>
        json.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object && usage.TryGetProperty("prompt_tokens", out var tokens)
            ? new UsageDetails { InputTokenCount = tokens.GetInt64(), TotalTokenCount = tokens.GetInt64() }
            : null;
}
