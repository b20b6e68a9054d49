using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Serving.Providers.Wire;

/// <summary>The way of a chat: request, answer, whole or in pieces. The same for all providers, whatever form they give it. Thread-safe.</summary>
internal sealed class WireChat(ProviderWire wire, IChatForm form)
{
    public async Task<ChatResponse> AskAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var origin = wire.OriginOf(options?.ModelId);
        var request = form.Write(origin.Model, messages, options, stream: false);
        using var answer = await wire.SendAsync(request, origin, stream: false, cancellationToken).ConfigureAwait(false);
        return form.Read(answer, await answer.ReadBodyAsync(cancellationToken).ConfigureAwait(false));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var origin = wire.OriginOf(options?.ModelId);
        var request = form.Write(origin.Model, messages, options, stream: true);
        using var answer = await wire.SendAsync(request, origin, stream: true, cancellationToken).ConfigureAwait(false);
        if (answer.IsJson)
        {
            // A provider that does not stream, or something in between, answers at once.
            var whole = form.Read(answer, await answer.ReadBodyAsync(cancellationToken).ConfigureAwait(false));
            foreach (var update in whole.ToChatResponseUpdates())
                yield return update;
            yield break;
        }

        await foreach (var update in AnswerStream.ReadAsync(answer.OpenStream(), origin, form.Pieces(answer), cancellationToken).ConfigureAwait(false))
            yield return update;
    }
}
