using System.Text.Json.Nodes;

namespace Serving.Simulator.Tests;

/// <summary>How a test asks on one of the wires.</summary>
internal static class TestWire
{
    public const string Anthropic = "anthropic";
    public const string Azure = "azure";
    public const string Cohere = "cohere";
    public const string Mistral = "mistral";
    public const string OpenAi = "openai";

    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}""";

    public static TheoryData<string> All => [OpenAi, Azure, Mistral, Cohere, Anthropic];

    public static string PathOf(string wire, string model) => wire switch
    {
        OpenAi => "/v1/chat/completions",
        Azure => $"/openai/deployments/{Uri.EscapeDataString(model)}/chat/completions?api-version=2024-10-21",
        Anthropic => "/v1/messages",
        _ => $"/{wire}/v1/chat/completions",
    };

    /// <summary>A prompt of five words.</summary>
    public static JsonObject Body(string wire, string model, bool stream, bool tools = false)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "one  two\nthree\tfour  f\u00fcnf " }),
        };
        if (stream)
            body["stream"] = true;
        if (wire == Anthropic)
            body["max_tokens"] = 1000;
        if (tools)
            body["tools"] = new JsonArray(Tool(wire));
        return body;
    }

    public static bool IsLast(string wire, string sent) =>
        sent.Contains(wire == Anthropic ? "event: message_stop" : "data: [DONE]", StringComparison.Ordinal);

    /// <summary>Whether the events say why the answer ended.</summary>
    public static bool HasReason(string sent) =>
        sent.Contains("\"finish_reason\":\"", StringComparison.Ordinal) || sent.Contains("\"stop_reason\":\"", StringComparison.Ordinal);

    private static JsonObject Tool(string wire) => wire == Anthropic
        ? new JsonObject { ["name"] = "weather", ["input_schema"] = JsonNode.Parse(Schema) }
        : new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "weather", ["parameters"] = JsonNode.Parse(Schema) } };
}
