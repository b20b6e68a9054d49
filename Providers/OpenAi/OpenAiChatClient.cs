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
    private readonly WireChat _chat;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Its timeout bounds a whole answer, and a stream up to its first byte. Not disposed. It should not follow redirects: a header with a key may go along.</param>
    /// <param name="options">Where calls go.</param>
    /// <exception cref="ArgumentException">There is no base URL, neither in the options nor in the dialect, or it is not HTTP.</exception>
    public OpenAiChatClient(HttpClient http, OpenAiClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        var dialect = options.Dialect;
        _chat = new WireChat(new ProviderWire(http, dialect.Endpoint(options, dialect.ChatPath)), new CompletionsForm(dialect));
        _metadata = new ChatClientMetadata(dialect.Name, options.BaseUrl ?? dialect.DefaultBaseUrl, options.ModelId);
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
