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
        using var events = new EventBuffer();
        var isRead = false;
        try
        {
            while (true)
            {
                ChatResponseUpdate? update;
                try
                {
                    while ((update = Next(events, body, reader)) is null && !reader.IsDone && !isRead)
                    {
                        var count = await body.ReadAsync(events.Room(), cancellationToken).ConfigureAwait(false);
                        body.Count(count);
                        events.Add(count);
                        isRead = count == 0;
                    }
                }
                catch (Exception error)
                {
                    // What was said is complete; only the way it ended is not.
                    if (reader.IsFinished && error is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
                        break;
                    throw FailureOf(error, origin, cancellationToken);
                }

                if (update is null)
                    break;
                yield return update;
            }

            isRead |= reader.IsDone;
            if (!reader.IsDone && !reader.IsFinished)
                throw ProviderErrors.Truncated(origin);
        }
        finally
        {
            if (!isRead)
                await body.AbortAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The next update of what has come.</summary>
    private static ChatResponseUpdate? Next(EventBuffer events, AnswerBody body, IPieceReader reader)
    {
        while (!reader.IsDone && events.TryTake(out var data))
        {
            body.Restart();
            if (reader.Read(events.Type, data) is { } update)
                return update;
        }

        return null;
    }

    private static Exception FailureOf(Exception error, Origin origin, CancellationToken cancellationToken) => error switch
    {
        ProviderException => error,
        HttpRequestException or IOException or OperationCanceledException => ProviderErrors.Broken(error, origin, cancellationToken),
        _ => ProviderErrors.Malformed(origin, error),
    };
}
