using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.Anthropic;

/// <summary>
/// A chat client for Anthropic. It sends every call once: retries, timeouts between two pieces and fallbacks are the business of whoever calls it. Pieces
/// of tool calls are streamed as <see cref="Serving.Runtime.Chat.ToolCallChunk"/>, usage as increases. Everything the provider does wrong is a
/// <see cref="Serving.Providers.Errors.ProviderException"/>. Thread-safe.
/// </summary>
public sealed class AnthropicChatClient : IChatClient
{
    private const string Provider = "anthropic";

    private readonly ProviderWire _wire;
    private readonly AnthropicClientOptions _options;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Its timeout bounds a whole answer, and a stream up to its first byte. Not disposed. It should not follow redirects: a header with a key may go along.</param>
    /// <param name="options">Where calls go.</param>
    /// <exception cref="ArgumentException">The base URL is not HTTP.</exception>
    public AnthropicChatClient(HttpClient http, AnthropicClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var address = options.Address();
        _wire = new ProviderWire(http, new ProviderEndpoint(Provider, options.ModelId, _ => address, options.TimeProvider)
        {
            ApiKey = options.ApiKey,
            KeyHeader = "x-api-key",
            Header = ("anthropic-version", options.Version),
        });
        _metadata = new ChatClientMetadata(Provider, options.BaseUrl, options.ModelId);
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var origin = _wire.OriginOf(options?.ModelId);
        var body = MessagesRequest.Write(_options, origin.Model, messages, options, stream: false);
        using var answer = await _wire.SendAsync(body, origin, stream: false, cancellationToken).ConfigureAwait(false);
        return await ReadWholeAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var origin = _wire.OriginOf(options?.ModelId);
        var request = MessagesRequest.Write(_options, origin.Model, messages, options, stream: true);
        using var answer = await _wire.SendAsync(request, origin, stream: true, cancellationToken).ConfigureAwait(false);
        if (answer.IsJson)
        {
            // Something in between does not stream.
            var whole = await ReadWholeAsync(answer, cancellationToken).ConfigureAwait(false);
            foreach (var update in whole.ToChatResponseUpdates())
                yield return update;
            yield break;
        }

        await foreach (var update in AnswerStream.ReadAsync(answer.OpenStream(), origin, new EventReader(answer.Says), cancellationToken).ConfigureAwait(false))
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
        var message = new MessageReader();
        try
        {
            message.Read(body.Span);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw ProviderErrors.Malformed(wire.Origin, error, message.Usage);
        }

        if (!message.HasContent)
        {
            var said = ErrorBody.Parse(body);
            throw said.IsComplaint ? wire.Says(said, message.Usage) : ProviderErrors.Malformed(wire.Origin, usage: message.Usage);
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, message.Contents) { MessageId = message.Id })
        {
            ResponseId = message.Id,
            ModelId = message.Model,
            FinishReason = message.FinishReason,
            Usage = message.Usage,
        };
    }
}
