using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.OpenAi;

/// <summary>
/// A chat client for OpenAI and what speaks like it. It sends every call once: retries, timeouts between two pieces and fallbacks are the business of
/// whoever calls it. Pieces of tool calls are streamed as <see cref="Serving.Runtime.Chat.ToolCallChunk"/>. Everything a provider does wrong is a
/// <see cref="Serving.Providers.Errors.ProviderException"/>. Thread-safe.
/// </summary>
public sealed class OpenAiChatClient : IChatClient
{
    private readonly ProviderWire _wire;
    private readonly OpenAiDialect _dialect;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Its timeout bounds a whole answer, and a stream up to its first byte. Not disposed. It should not follow redirects: a header with a key may go along.</param>
    /// <param name="options">Where calls go.</param>
    /// <exception cref="ArgumentException">There is no base URL, neither in the options nor in the dialect, or it is not HTTP.</exception>
    public OpenAiChatClient(HttpClient http, OpenAiClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _dialect = options.Dialect;
        _wire = new ProviderWire(http, _dialect.Endpoint(options, _dialect.ChatPath));
        _metadata = new ChatClientMetadata(_dialect.Name, options.BaseUrl ?? _dialect.DefaultBaseUrl, options.ModelId);
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var origin = _wire.OriginOf(options?.ModelId);
        var body = ChatRequest.Write(_dialect, origin.Model, messages, options, stream: false);
        using var answer = await _wire.SendAsync(body, origin, stream: false, cancellationToken).ConfigureAwait(false);
        return await ReadWholeAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var origin = _wire.OriginOf(options?.ModelId);
        var request = ChatRequest.Write(_dialect, origin.Model, messages, options, stream: true);
        using var answer = await _wire.SendAsync(request, origin, stream: true, cancellationToken).ConfigureAwait(false);
        if (answer.IsJson)
        {
            // A provider that does not stream answers at once.
            var whole = await ReadWholeAsync(answer, cancellationToken).ConfigureAwait(false);
            foreach (var update in whole.ToChatResponseUpdates())
                yield return update;
            yield break;
        }

        await foreach (var update in AnswerStream.ReadAsync(answer.OpenStream(), origin, new PieceReader(answer.Says), cancellationToken).ConfigureAwait(false))
            yield return update;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the HTTP client belongs to whoever made it.</summary>
    public void Dispose()
    {
    }

    private static async ValueTask<ChatResponse> ReadWholeAsync(WireAnswer wire, CancellationToken cancellationToken)
    {
        var body = await wire.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
        var answer = new AnswerReader();
        try
        {
            answer.Read(body.Span);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw ProviderErrors.Malformed(wire.Origin, error, answer.Usage);
        }

        if (answer.Error is { } said)
            throw wire.Says(said, answer.Usage);
        if (!answer.HasChoice)
            throw ProviderErrors.Malformed(wire.Origin, usage: answer.Usage);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, AnswerContents.OfWhole(answer)) { MessageId = answer.Id })
        {
            ResponseId = answer.Id,
            ModelId = answer.Model,
            CreatedAt = answer.Created,
            FinishReason = answer.FinishReason,
            Usage = answer.Usage,
        };
    }
}
