using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serving.CompareServers;

/// <summary>The least that a minimal API can do for the bytes of an echo chain, in and out.</summary>
internal static class BareEcho
{
    public static WebApplication Create()
    {
        var app = BareApp.Create();
        app.MapPost("/echo/invoke", (EchoRequest request) => new EchoAnswer(request.Input, new EchoMetadata(Guid.NewGuid(), [])));
        return app;
    }
}

internal sealed record EchoRequest(JsonElement Input);

internal sealed record EchoAnswer(JsonElement Output, EchoMetadata Metadata);

internal sealed record EchoMetadata([property: JsonPropertyName("run_id")] Guid RunId, [property: JsonPropertyName("feedback_tokens")] string[] FeedbackTokens);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EchoRequest))]
[JsonSerializable(typeof(EchoAnswer))]
[JsonSerializable(typeof(string))]
internal sealed partial class EchoJson : JsonSerializerContext;
