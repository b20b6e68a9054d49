using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Chat;

/// <summary>What a model takes: a string, a prompt value, or a list of messages; read as a <see cref="PromptValue"/>.</summary>
internal sealed class PromptValueShape : JsonShape
{
    private static readonly JsonShape Messages = new ArrayShape(new MessageShape());
    private static readonly JsonShape Text = new ObjectShape("StringPromptValue", [new("text", String)], null).Named("StringPromptValue");
    private static readonly JsonShape Chat = new ObjectShape("ChatPromptValueConcrete", [new("messages", Messages)], null).Named("ChatPromptValueConcrete");

    private readonly UnionShape _options;

    private PromptValueShape(params JsonShape[] options) => _options = new UnionShape(options);

    public static PromptValueShape Instance { get; } = new(String, Text, Chat, Messages);

    /// <summary>What a prompt template gives.</summary>
    public static JsonShape Output { get; } = new PromptValueShape(Text, Chat);

    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        if (!_options.TryRead(value, reader, out var read))
        {
            result = null;
            return false;
        }

        result = read switch
        {
            string text => PromptValue.FromText(text),
            ChainValues values when values.TryGetValue("text", out var text) => new StringPromptValue((string)text!),
            ChainValues values => new ChatPromptValue(AsMessages(values["messages"])),
            _ => PromptValue.FromMessages(AsMessages(read)),
        };
        return true;
    }

    private static ChatMessage[] AsMessages(object? list) => [.. ((List<object?>)list!).Cast<ChatMessage>()];

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => _options.Write(definitions);
}
