using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.OpenAi;

/// <summary>
/// Reads a streamed answer. Pieces without content, finish reason or more usage than before give no update. The end is <c>[DONE]</c>, or the end of the body after a finish reason.
/// </summary>
internal sealed class PieceReader(Func<ErrorBody, UsageDetails?, Exception> says) : IPieceReader
{
    private AnswerReader _reader;

    public bool IsDone { get; private set; }

    public bool IsFinished { get; private set; }

    public ChatResponseUpdate? Read(string eventType, ReadOnlySpan<byte> data)
    {
        if (IsDone || data.Trim(" \t"u8).IsEmpty || eventType == "ping")
            return null;
        if (data.Trim(" \t"u8).SequenceEqual("[DONE]"u8))
        {
            IsDone = true;
            return null;
        }

        if (eventType == "error")
            throw says(ErrorBody.Parse(data.ToArray()), null);
        _reader.Read(data);
        if (_reader.Error is { } error)
            throw says(error, _reader.Usage);
        IsFinished |= _reader.FinishReason is not null;
        var contents = AnswerContents.OfPiece(in _reader);
        return contents is null && _reader.FinishReason is null ? null : Update(contents ?? []);
    }

    private ChatResponseUpdate Update(List<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _reader.Id,
        MessageId = _reader.Id,
        ModelId = _reader.Model,
        CreatedAt = _reader.Created,
        FinishReason = _reader.FinishReason,
    };
}
