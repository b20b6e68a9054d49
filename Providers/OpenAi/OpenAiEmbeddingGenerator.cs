using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.OpenAi;

/// <summary>
/// Embeddings of OpenAI and what speaks like it, by one call for all values. Errors and what is sent are as of <see cref="OpenAiChatClient"/>. Thread-safe.
/// </summary>
public sealed class OpenAiEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly ProviderWire _wire;
    private readonly OpenAiClientOptions _options;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Makes a generator.</summary>
    /// <param name="http">Its timeout bounds a call. Not disposed.</param>
    /// <param name="options">Where calls go.</param>
    /// <exception cref="ArgumentException">There is no base URL, neither in the options nor in the dialect, or it is not HTTP.</exception>
    public OpenAiEmbeddingGenerator(HttpClient http, OpenAiClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _wire = new ProviderWire(http, options.Dialect.Endpoint(options, options.Dialect.EmbeddingsPath));
        _metadata = new EmbeddingGeneratorMetadata(options.Dialect.Name, options.BaseUrl ?? options.Dialect.DefaultBaseUrl, options.ModelId);
    }

    /// <inheritdoc/>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var inputs = values as IReadOnlyCollection<string> ?? [.. values];
        if (inputs.Count == 0)
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>());
        var origin = _wire.OriginOf(options?.ModelId);
        return _wire.AskAsync(EmbeddingBody.Write(origin.Model, inputs, options), origin, (answer, body) => Read(answer, body, inputs.Count), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the HTTP client belongs to whoever made it.</summary>
    public void Dispose()
    {
    }

    private GeneratedEmbeddings<Embedding<float>> Read(WireAnswer answer, ReadOnlyMemory<byte> body, int count)
    {
        if (EmbeddingBody.Read(body, count, _options.TimeProvider.GetUtcNow()) is { } embeddings)
            return embeddings;
        var error = ErrorBody.Parse(body);
        var usage = UsageReader.In(body.Span);
        throw error.IsComplaint ? answer.Says(error, usage) : ProviderErrors.Malformed(answer.Origin, usage: usage);
    }
}
