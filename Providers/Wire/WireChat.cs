using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Serving.Providers.Wire;

/// <summary>The way of a chat: request, answer, whole or in pieces. The same for all providers, whatever form they give it. Thread-safe.</summary>
internal sealed class WireChat(ProviderWire wire, IChatForm form)
{
    private readonly Func<WireAnswer, ReadOnlyMemory<byte>, ChatResponse> _read = form.Read;

    public Task<ChatResponse> AskAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var origin = wire.OriginOf(options?.ModelId);
        return wire.AskAsync(form.Write(origin.Model, messages, options, stream: false), origin, _read, cancellationToken);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var origin = wire.OriginOf(options?.ModelId);
        var request = form.Write(origin.Model, messages, options, stream: true);
        using var answer = await wire.OpenAsync(request, origin, cancellationToken).ConfigureAwait(false);
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
