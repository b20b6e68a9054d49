using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.Anthropic;

/// <summary>
/// Reads a streamed answer: a message begins, its blocks follow piece by piece, and its totals, its reason to stop and its end close it. Events and
/// blocks it does not know are passed over.
/// </summary>
internal sealed class EventReader(Func<ErrorBody, UsageDetails?, Exception> says) : IPieceReader
{
    private readonly MessageReader _message = new();
    private readonly List<long> _calls = [];

    public bool IsDone { get; private set; }

    public bool IsFinished { get; private set; }

    public ChatResponseUpdate? Read(string eventType, ReadOnlySpan<byte> data)
    {
        if (IsDone || data.Trim(" \t"u8).IsEmpty || eventType == "ping")
            return null;
        if (eventType == "error")
            throw says(ErrorBody.Parse(data.ToArray()), UsageReader.In(data));
        var e = Event.Read(data, _message);
        switch (e.Kind)
        {
            case EventKind.MessageStart:
                return e.Usage is { } first ? Update([new UsageContent(first)]) : null;
            case EventKind.BlockStart or EventKind.BlockDelta:
                return Piece(e);
            case EventKind.MessageDelta:
                IsFinished |= e.FinishReason is not null;
                return End(e);
            case EventKind.MessageStop:
                IsDone = true;
                return null;
            case EventKind.Error:
                throw says(ErrorBody.Parse(data.ToArray()), UsageReader.In(data));
            default:
                return null;
        }
    }

    private ChatResponseUpdate? Piece(in Event e)
    {
        var call = 0;
        if (e.Block.Kind == BlockKind.ToolUse)
        {
            call = _calls.Count;
            _calls.Add(e.Index);
        }
        else if (e.Block.Kind == BlockKind.ToolInput)
        {
            call = _calls.LastIndexOf(e.Index);
            // Input of a block that is no tool call of ours: a tool the provider itself runs.
            if (call < 0)
                return null;
        }

        return e.Block.Piece(call) is { } content ? Update(new List<AIContent>(1) { content }) : null;
    }

    private ChatResponseUpdate? End(in Event e)
    {
        List<AIContent> contents = [];
        if (e.Refusal is not null)
            contents.Add(MessageContents.Refusal(e.Refusal));
        if (e.Usage is { } usage)
            contents.Add(new UsageContent(usage));
        if (contents.Count == 0 && e.FinishReason is null)
            return null;
        var update = Update(contents);
        update.FinishReason = e.FinishReason;
        return update;
    }

    private ChatResponseUpdate Update(List<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _message.Id,
        MessageId = _message.Id,
        ModelId = _message.Model,
    };
}
