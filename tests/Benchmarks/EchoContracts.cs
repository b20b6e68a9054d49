using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serving.Benchmarks;

/// <summary>The request and answer of the bare API: the same bytes as Serving's.</summary>
internal sealed record EchoRequest(JsonElement Input);

internal sealed record EchoAnswer(JsonElement Output, EchoMetadata Metadata);

internal sealed record EchoMetadata([property: JsonPropertyName("run_id")] Guid RunId, [property: JsonPropertyName("feedback_tokens")] string[] FeedbackTokens);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EchoRequest))]
[JsonSerializable(typeof(EchoAnswer))]
[JsonSerializable(typeof(JokeRequest))]
[JsonSerializable(typeof(JokeAnswer))]
[JsonSerializable(typeof(CompletionRequest))]
[JsonSerializable(typeof(Completion))]
[JsonSerializable(typeof(string))]
internal sealed partial class EchoJson : JsonSerializerContext;
