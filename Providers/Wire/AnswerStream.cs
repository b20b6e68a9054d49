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
        Stream body, Origin origin, IPieceReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isRead = false;
        var pieces = SseParser.Create(body, reader.Read).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
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

    private static Exception FailureOf(Exception error, Origin origin, CancellationToken cancellationToken) => error switch
    {
        ProviderException => error,
        HttpRequestException or IOException or OperationCanceledException => ProviderErrors.Broken(error, origin, cancellationToken),
        _ => ProviderErrors.Malformed(origin, error),
    };
}
