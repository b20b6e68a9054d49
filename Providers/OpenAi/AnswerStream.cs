using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Errors;

namespace Serving.Providers.OpenAi;

/// <summary>
/// An answer as it streams. Pieces without content or finish reason give no update; usage is told once, at the end, since some providers repeat it in
/// every piece. The end is <c>[DONE]</c>, or the end of the body after a finish reason.
/// </summary>
internal sealed class AnswerStream(OpenAiWire wire, Origin origin)
{
    private readonly AnswerReader _reader = new();
    private bool _isDone;
    private bool _isFinished;

    public async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isRead = false;
        var pieces = SseParser.Create(body, Piece).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (!await pieces.MoveNextAsync().ConfigureAwait(false))
                    {
                        isRead = true;
                        break;
                    }
                }
                catch (Exception error)
                {
                    isRead = true;
                    // What was said is complete; only the way it ended is not.
                    if (_isFinished && error is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
                        break;
                    throw FailureOf(error, cancellationToken);
                }

                if (_isDone)
                    break;
                if (pieces.Current.Data is { } update)
                    yield return update;
            }

            isRead |= _isDone;
            if (!_isDone && !_isFinished)
                throw ProviderErrors.Truncated(origin);
            if (_reader.Usage is { } usage)
                yield return Update([new UsageContent(usage)]);
        }
        finally
        {
            await pieces.DisposeAsync().ConfigureAwait(false);
            if (!isRead)
                await AbortAsync(body).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Closes the connection under a reader who left early. Disposing alone would wait for the rest of the answer, to use the connection again.
    /// </summary>
    private static async ValueTask AbortAsync(Stream body)
    {
        using var abort = new CancellationTokenSource();
        try
        {
            var pending = body.ReadAsync(new byte[1], abort.Token);
            await abort.CancelAsync().ConfigureAwait(false);
            await pending.ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException)
        {
            // It is closed, as it should be.
        }
    }

    private ChatResponseUpdate? Piece(string eventType, ReadOnlySpan<byte> data)
    {
        if (_isDone || data.Trim(" \t"u8).IsEmpty || eventType == "ping")
            return null;
        if (data.Trim(" \t"u8).SequenceEqual("[DONE]"u8))
        {
            _isDone = true;
            return null;
        }

        if (eventType == "error")
            throw wire.Answered(origin, status: null, ErrorBody.Parse(data.ToArray()), headers: null);
        _reader.Read(data);
        if (_reader.Error is { } error)
            throw wire.Answered(origin, status: null, error, headers: null);
        if (!_reader.HasChoice)
            return null;
        _isFinished |= _reader.FinishReason is not null;
        var contents = AnswerContents.OfPiece(_reader);
        return contents is null && _reader.FinishReason is null ? null : Update(contents ?? []);
    }

    private ChatResponseUpdate Update(List<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _reader.Id,
        MessageId = _reader.Id,
        ModelId = _reader.Model,
        CreatedAt = _reader.Created,
        FinishReason = contents is [UsageContent] ? null : _reader.FinishReason,
    };

    private Exception FailureOf(Exception error, CancellationToken cancellationToken) => error switch
    {
        ProviderException => error,
        JsonException or InvalidOperationException => ProviderErrors.Malformed(origin, error),
        HttpRequestException or IOException or OperationCanceledException => OpenAiWire.Failure(error, origin, cancellationToken),
        _ => ProviderErrors.Malformed(origin, error),
    };
}
