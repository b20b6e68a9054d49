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

    private readonly WireChat _chat;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Its timeout bounds a whole answer, and a stream up to its first byte. Not disposed. It should not follow redirects: a header with a key may go along.</param>
    /// <param name="options">Where calls go.</param>
    /// <exception cref="ArgumentException">The base URL is not HTTP.</exception>
    public AnthropicChatClient(HttpClient http, AnthropicClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        var address = options.Address();
        var wire = new ProviderWire(http, new ProviderEndpoint(Provider, options.ModelId, _ => address, options.TimeProvider)
        {
            ApiKey = options.ApiKey,
            KeyHeader = "x-api-key",
            Header = ("anthropic-version", options.Version),
        });
        _chat = new WireChat(wire, new MessagesForm(options));
        _metadata = new ChatClientMetadata(Provider, options.BaseUrl, options.ModelId);
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        _chat.AskAsync(messages, options, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        _chat.StreamAsync(messages, options, cancellationToken);

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
}
