using System.Text.Json;

namespace Serving.Simulator.Requests;

/// <summary>Reads tools and formats, in the forms of both families of wires.</summary>
internal static class ToolReader
{
    public static void ReadTools(ref Utf8JsonReader reader, ModelRequest request)
    {
        var tools = JsonElement.ParseValue(ref reader);
        if (tools.ValueKind != JsonValueKind.Array)
            return;
        foreach (var tool in tools.EnumerateArray())
        {
            var function = tool.TryGetProperty("function", out var inner) ? inner : tool;
            JsonElement? schema = function.TryGetProperty("parameters", out var found) || function.TryGetProperty("input_schema", out found) ? found : null;
            request.Tools.Add(new ToolSpec(function.GetProperty("name").GetString() ?? "", schema));
        }
    }

    public static void ReadChoice(ref Utf8JsonReader reader, ModelRequest request)
    {
        var choice = JsonElement.ParseValue(ref reader);
        var word = choice.ValueKind == JsonValueKind.String ? choice.GetString() : Property(choice, "type")?.GetString();
        request.MayNotCallTool = word == "none";
        request.MustCallTool = word is "required" or "any" or "tool" or "function";
        request.ChosenTool = (Property(Property(choice, "function"), "name") ?? Property(choice, "name"))?.GetString();
    }

    public static void ReadFormat(ref Utf8JsonReader reader, ModelRequest request)
    {
        var format = JsonElement.ParseValue(ref reader);
        request.WantsJson = Property(format, "type")?.GetString() is "json_object" or "json_schema";
        request.ResponseSchema = Property(Property(format, "json_schema"), "schema");
    }

    private static JsonElement? Property(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var found) ? found : null;
}
