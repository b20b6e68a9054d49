using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Runtime.Errors;
using Serving.Runtime.Schemas;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Parsers;

/// <summary>What the structured parsers share.</summary>
internal static class StructuredAnswer
{
    public static string Instructions(JsonNode schema) =>
        $"Answer with one JSON value that fits the JSON schema below, and with nothing else: no code fence, no explanation.\n{schema.ToJsonString(RuntimeJson.Options)}";

    public static object? Read(string text, JsonShape shape, out JsonElement raw, out bool coerced)
    {
        var answer = new JsonAnswer();
        answer.Add(text);
        raw = answer.Complete();
        var reader = new ShapeReader();
        if (!shape.TryRead(raw, reader, out var value))
        {
            throw new OutputParserException(
                $"The model's answer does not fit its schema: {string.Join("; ", reader.Errors.Select(Describe))}.",
                text);
        }

        coerced = reader.Coerced;
        return value;
    }

    private static string Describe(InputError error)
    {
        var place = error.Location.Count == 0 ? "the answer" : string.Join('.', error.Location);

        // The only message that repeats what was there.
        var message = error.Type == "union_tag_invalid" ? "Input should have a known type" : error.Message;
        return $"{place}: {message}";
    }
}
