using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Errors;

namespace Serving.Providers.Wire;

/// <summary>An answer as it streams. It ends when its reader says so, or with its body once the answer is complete.</summary>
internal static class AnswerStream
{
    public static async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(
        AnswerBody body, Origin origin, IPieceReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
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
                    // What was said is complete; only the way it ended is not.
                    if (reader.IsFinished && error is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
                        break;
                    throw FailureOf(error, origin, cancellationToken);
                }

                if (pieces.Current.Data is { } update)
                    yield return update;
                if (reader.IsDone)
                    break;
            }

            isRead |= reader.IsDone;
            if (!reader.IsDone && !reader.IsFinished)
                throw ProviderErrors.Truncated(origin);
        }
        finally
        {
            await pieces.DisposeAsync().ConfigureAwait(false);
            if (!isRead)
                await body.AbortAsync().ConfigureAwait(false);
        }

        ChatResponseUpdate? Piece(string eventType, ReadOnlySpan<byte> data)
        {
            body.Restart();
            return reader.Read(eventType, data);
        }
    }

    private static Exception FailureOf(Exception error, Origin origin, CancellationToken cancellationToken) => error switch
    {
        ProviderException => error,
        HttpRequestException or IOException or OperationCanceledException => ProviderErrors.Broken(error, origin, cancellationToken),
        _ => ProviderErrors.Malformed(origin, error),
    };
}
