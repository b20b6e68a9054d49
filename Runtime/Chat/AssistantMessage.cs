using System.Text;
using Microsoft.Extensions.AI;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Chat;

/// <summary>
/// What a chat model answers: a whole message, or a piece of one that pieces can be added to. Content is Microsoft.Extensions.AI's.
/// Immutable once made; the contents must not be changed by whoever holds it.
/// </summary>
public sealed class AssistantMessage : IAddable<AssistantMessage>
{
    /// <summary>Makes a message of text.</summary>
    public AssistantMessage(string text)
        : this([new TextContent(text)])
    {
    }

    /// <summary>Makes a message of contents.</summary>
    public AssistantMessage(IReadOnlyList<AIContent> contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        Contents = contents;
    }

    /// <summary>Texts, tool calls, images, usage, in the order they came.</summary>
    public IReadOnlyList<AIContent> Contents { get; }

    /// <summary>The message's id; models give <c>run--</c> and the id of their run.</summary>
    public string? Id { get; init; }

    /// <summary>The author's name.</summary>
    public string? Name { get; init; }

    /// <summary>The model that answered, as the provider names it.</summary>
    public string? ModelId { get; init; }

    /// <summary>Why the model stopped; in a stream, in the last piece.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Fields of the wire that have no place of their own, such as <c>additional_kwargs</c> and <c>response_metadata</c>.</summary>
    public IReadOnlyDictionary<string, object?>? Properties { get; init; }

    /// <summary>Whether this is a piece of a streamed message, or the sum of such pieces.</summary>
    public bool IsChunk { get; init; }

    /// <summary>The text of all contents.</summary>
    public string Text
    {
        get
        {
            // Nearly always there is one text, with or without a usage beside it: it is given as it is.
            string? first = null;
            StringBuilder? all = null;
            foreach (var content in Contents)
            {
                if (content is not TextContent { Text: { Length: > 0 } text })
                    continue;
                if (first is null)
                    first = text;
                else
                    (all ??= new StringBuilder(first)).Append(text);
            }

            return all?.ToString() ?? first ?? "";
        }
    }

    /// <summary>The tokens used, as far as the model told; null if it did not.</summary>
    public UsageDetails? Usage => UsageIn(Contents);

    /// <summary>The tool calls the model wants made. Of a call that came in pieces, what has come so far.</summary>
    public IEnumerable<FunctionCallContent> ToolCalls => Contents.Select(CallOf).OfType<FunctionCallContent>();

    /// <summary>Makes a message of a chat message, keeping what the wire carries.</summary>
    public static AssistantMessage From(ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new AssistantMessage([.. message.Contents])
        {
            Id = message.MessageId,
            Name = message.AuthorName,
            Properties = message.AdditionalProperties,
            IsChunk = MessageType.Of(message) == MessageType.AssistantChunk,
        };
    }

    /// <summary>The pieces added up: texts joined, reasoning joined up to its signature, pieces of a tool call joined by their index, usage summed.</summary>
    public static AssistantMessage Concat(IReadOnlyList<AssistantMessage> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (pieces.Count == 1)
            return pieces[0];
        var contents = new List<AIContent>();
        StringBuilder? text = null;
        StringBuilder? reasoning = null;
        UsageDetails? usage = null;
        foreach (var piece in pieces)
        {
            foreach (var content in piece.Contents)
            {
                switch (content)
                {
                    case TextContent part:
                        FlushReasoning(contents, ref reasoning);
                        (text ??= new StringBuilder()).Append(part.Text);
                        break;
                    case TextReasoningContent { AdditionalProperties: null } part:
                        FlushText(contents, ref text);
                        (reasoning ??= new StringBuilder()).Append(part.Text);
                        // A signature ends the block it stands for.
                        if (part.ProtectedData is not null)
                            FlushReasoning(contents, ref reasoning, part.ProtectedData);
                        break;
                    case UsageContent part:
                        usage ??= new UsageDetails();
                        usage.Add(part.Details);
                        break;
                    case ToolCallChunk part:
                        FlushText(contents, ref text);
                        FlushReasoning(contents, ref reasoning);
                        var index = contents.FindIndex(other => other is ToolCallChunk chunk && chunk.SameCall(part));
                        if (index < 0)
                            contents.Add(part);
                        else
                            contents[index] = ((ToolCallChunk)contents[index]).Add(part);
                        break;
                    default:
                        FlushText(contents, ref text);
                        FlushReasoning(contents, ref reasoning);
                        contents.Add(content);
                        break;
                }
            }
        }

        FlushText(contents, ref text);
        FlushReasoning(contents, ref reasoning);
        if (usage is not null)
            contents.Add(new UsageContent(usage));
        return new AssistantMessage(contents)
        {
            Id = pieces.FirstOrDefault(piece => piece.Id is not null)?.Id,
            Name = pieces.FirstOrDefault(piece => piece.Name is not null)?.Name,
            ModelId = pieces.LastOrDefault(piece => piece.ModelId is not null)?.ModelId,
            FinishReason = pieces.LastOrDefault(piece => piece.FinishReason is not null)?.FinishReason,
            Properties = MergeProperties(pieces),
            IsChunk = pieces.Any(piece => piece.IsChunk),
        };
    }

    /// <inheritdoc/>
    public AssistantMessage Add(AssistantMessage next) => Concat([this, next]);

    /// <summary>
    /// The message as Microsoft.Extensions.AI has it, to be put into a prompt or a history. A tool call whose arguments are no JSON object has an
    /// exception instead, and their text as its raw representation.
    /// </summary>
    public ChatMessage ToChatMessage()
    {
        var message = new ChatMessage(ChatRole.Assistant, [.. Contents.Where(content => content is not UsageContent).Select(content => (content as ToolCallChunk)?.ToWholeCall() ?? content)])
        {
            MessageId = Id,
            AuthorName = Name,
        };
        if (Properties is { Count: > 0 })
            message.AdditionalProperties = new AdditionalPropertiesDictionary(Properties.ToDictionary(pair => pair.Key, pair => pair.Value));
        return message;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static FunctionCallContent? CallOf(AIContent content) => content as FunctionCallContent ?? (content as ToolCallChunk)?.ToCall();

    /// <summary>The last usage told among contents; null if there is none.</summary>
    internal static UsageDetails? UsageIn(IReadOnlyList<AIContent> contents)
    {
        for (var i = contents.Count - 1; i >= 0; i--)
        {
            if (contents[i] is UsageContent usage)
                return usage.Details;
        }

        return null;
    }

    private static void FlushText(List<AIContent> contents, ref StringBuilder? text)
    {
        if (text is null)
            return;
        contents.Add(new TextContent(text.ToString()));
        text = null;
    }

    private static void FlushReasoning(List<AIContent> contents, ref StringBuilder? reasoning, string? signature = null)
    {
        if (reasoning is null)
            return;
        contents.Add(new TextReasoningContent(reasoning.ToString()) { ProtectedData = signature });
        reasoning = null;
    }

    private static Dictionary<string, object?>? MergeProperties(IReadOnlyList<AssistantMessage> pieces)
    {
        Dictionary<string, object?>? merged = null;
        foreach (var piece in pieces)
        {
            if (piece.Properties is null)
                continue;
            merged ??= new(StringComparer.Ordinal);
            foreach (var (key, value) in piece.Properties)
                merged[key] = value;
        }

        return merged;
    }
}
