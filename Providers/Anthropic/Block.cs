using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;
using Serving.Runtime.Chat;

namespace Serving.Providers.Anthropic;

/// <summary>A block of content, whole, or the piece of one that a stream gives: both name their fields alike.</summary>
internal struct Block
{
    private string? _id;
    private string? _name;
    private string? _data;

    public BlockKind Kind { get; private set; }

    /// <summary>Its text, its thinking, or a piece of the arguments of its tool call.</summary>
    public string? Text { get; private set; }

    public string? Signature { get; private set; }

    /// <summary>Reads the object the reader stands on.</summary>
    public static Block Read(ref Utf8JsonReader reader)
    {
        var block = default(Block);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            block.ReadField(ref reader);
        return block;
    }

    /// <summary>The content of a whole block; null if it is of a kind nobody knows here.</summary>
    public readonly AIContent? Content() => Kind switch
    {
        BlockKind.Text => Text is null ? null : new TextContent(Text),
        BlockKind.Thinking => new TextReasoningContent(Text) { ProtectedData = Signature },
        BlockKind.RedactedThinking => Thinking.Redacted(_data ?? ""),
        BlockKind.ToolUse => MessageContents.CallOf(Call(index: 0)),
        _ => null,
    };

    /// <summary>The content of a piece; null if it has none.</summary>
    public readonly AIContent? Piece(int call) => Kind switch
    {
        BlockKind.Text => Text is null ? null : new TextContent(Text),
        BlockKind.Thinking => Text is null && Signature is null ? null : new TextReasoningContent(Text) { ProtectedData = Signature },
        BlockKind.RedactedThinking => Thinking.Redacted(_data ?? ""),
        BlockKind.ToolUse => Call(call),
        BlockKind.ToolInput => Text is null ? null : new ToolCallChunk { Index = call, Arguments = Text },
        _ => null,
    };

    private readonly ToolCallChunk Call(int index) => new() { Index = index, CallId = _id, Name = _name, Arguments = Text };

    public void ReadField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            reader.Read();
            Kind = KindOf(ref reader);
        }
        else if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("partial_json"u8))
        {
            reader.Read();
            Text = Json.Text(ref reader);
        }
        else if (reader.ValueTextEquals("input"u8))
        {
            reader.Read();
            // A stream begins with an empty one and tells the real one in pieces.
            var input = Json.Raw(ref reader);
            Text = input is "{}" or "null" ? null : input;
        }
        else if (reader.ValueTextEquals("signature"u8))
        {
            reader.Read();
            Signature = Json.Text(ref reader);
        }
        else if (reader.ValueTextEquals("id"u8))
        {
            reader.Read();
            _id = Json.Text(ref reader);
        }
        else if (reader.ValueTextEquals("name"u8))
        {
            reader.Read();
            _name = Json.Text(ref reader);
        }
        else if (reader.ValueTextEquals("data"u8))
        {
            reader.Read();
            _data = Json.Text(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private static BlockKind KindOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return BlockKind.Other;
        }

        if (reader.ValueTextEquals("text_delta"u8) || reader.ValueTextEquals("text"u8))
            return BlockKind.Text;
        if (reader.ValueTextEquals("input_json_delta"u8))
            return BlockKind.ToolInput;
        if (reader.ValueTextEquals("thinking_delta"u8) || reader.ValueTextEquals("signature_delta"u8) || reader.ValueTextEquals("thinking"u8))
            return BlockKind.Thinking;
        if (reader.ValueTextEquals("tool_use"u8))
            return BlockKind.ToolUse;
        return reader.ValueTextEquals("redacted_thinking"u8) ? BlockKind.RedactedThinking : BlockKind.Other;
    }
}
