using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Errors;

namespace Serving.Providers.Wire;

/// <summary>What providers are told of a tool, in the fields that all of them have.</summary>
internal static class ToolDeclaration
{
    /// <summary>Writes the fields into the object that is open.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="schema">What the provider calls the schema of the arguments.</param>
    /// <exception cref="InvalidInputException">It is not a function.</exception>
    public static void Write(Utf8JsonWriter writer, AITool tool, ReadOnlySpan<byte> schema)
    {
        if (tool is not AIFunctionDeclaration function)
            throw new InvalidInputException($"The tool '{tool.Name}' is not a function, and this provider takes functions only.");
        writer.WriteString("name"u8, function.Name);
        if (function.Description is { Length: > 0 } description)
            writer.WriteString("description"u8, description);
        writer.WritePropertyName(schema);
        if (function.JsonSchema.ValueKind == JsonValueKind.Object)
            function.JsonSchema.WriteTo(writer);
        else
            writer.WriteRawValue("""{"type":"object","properties":{}}"""u8);
        if (function.AdditionalProperties.TryGetValue("strict", out var strict) && strict is bool isStrict)
            writer.WriteBoolean("strict"u8, isStrict);
    }
}
