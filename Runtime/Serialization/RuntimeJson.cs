using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Serving.Runtime.Serialization;

/// <summary>The JSON forms of values: messages, prompts, documents and named values as the LangServe wire has them, anything else in snake_case.</summary>
public static class RuntimeJson
{
    /// <summary>The deepest nesting read or written.</summary>
    public const int MaxDepth = 256;

    /// <summary>For answers: prompts as whole prompt values. Read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Make(barePrompts: false);

    /// <summary>For events and streamed pieces: a prompt template's value without its type, its messages without the fields of their kind. Read-only.</summary>
    public static JsonSerializerOptions EventOptions { get; } = Make(barePrompts: true);

    private static JsonSerializerOptions Make(bool barePrompts)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            MaxDepth = MaxDepth,
            // Raw UTF-8 text; U+2028, U+2029 and U+0085, at which line readers break, are escaped by this encoder.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowReadingFromString,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters =
            {
                new JsonStringEnumConverter(),
                new RealConverter(),
                new SingleConverter(),
                new ChainValuesConverter(),
                new ChatMessageConverter(),
                new AssistantMessageConverter(),
                new PromptValueConverter(barePrompts),
                new LlmResultConverter(),
                new GenerationConverter(),
            },
        };
        options.MakeReadOnly();
        return options;
    }
}
