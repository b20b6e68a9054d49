using System.Globalization;
using Microsoft.Extensions.AI;
using Serving.Providers.Anthropic;
using Serving.Providers.OpenAi;
using Serving.Providers.Resilience;

namespace Serving.Providers.Catalog;

/// <summary>A provider at work: its connections, its keys and its limit, shared by all its models. Thread-safe.</summary>
internal sealed class Provider : IDisposable
{
    private readonly string _name;
    private readonly ProviderOptions _options;
    private readonly ResilienceServices _services;
    private readonly SocketsHttpHandler _connections;
    private readonly HttpClient _chats;
    private readonly HttpClient _embeddings;
    private readonly IReadOnlyList<Way> _ways;

    public Provider(string name, ProviderOptions options, ResilienceServices services)
    {
        _name = name;
        _options = options;
        _services = services;
        var open = new OpenConnections();
        _connections = ProviderHttp.Connections(options.ConnectTimeout, open);
        // Resilience bounds the attempts of chats; those of embeddings have nothing else.
        _chats = ProviderHttp.Client(_connections, Timeout.InfiniteTimeSpan);
        _embeddings = ProviderHttp.Client(_connections, options.Resilience.AttemptTimeout);
        Limit = new CallLimit(options.MaxCalls, options.MaxWaiting);
        services.Metrics?.Watch(name, Limit, open);
        var files = new Dictionary<string, KeyFile>(StringComparer.Ordinal);
        _ways = options.Deployments.Count == 0
            ? [WayOf(options.BaseUrl, options.ApiKey, 1)]
            : [.. options.Deployments.Select(deployment => WayOf(deployment.BaseUrl ?? options.BaseUrl, deployment.ApiKey ?? options.ApiKey, deployment.Weight))];

        Way WayOf(Uri? baseUrl, ApiKey? key, double weight)
        {
            KeyFile? file = null;
            if (key?.Text is { } text)
                services.KeySeen?.Invoke(text);
            if (key?.File is { } path && !files.TryGetValue(path, out file))
                files[path] = file = new KeyFile(path, name, services);
            return new Way(baseUrl, file is null ? () => key?.Text : () => file.Key, file is null ? null : () => file.Version, weight);
        }
    }

    public CallLimit Limit { get; }

    public IReadOnlyList<ModelDeployment> Deployments(string model)
    {
        if (_options.Client is { } create)
            return [new ModelDeployment(create(model))];
        return [.. _ways.Select(way => new ModelDeployment(Client(model, way)) { Weight = way.Weight, KeyVersion = way.KeyVersion })];
    }

    /// <summary>Embeddings by the first deployment.</summary>
    public IEmbeddingGenerator<string, Embedding<float>> Embeddings(string model) =>
        _options.Client is null && _options.Kind is not ProviderKind.Anthropic
            ? new OpenAiEmbeddingGenerator(_embeddings, OpenAiOptions(model, _ways[0]))
            : throw new ArgumentException($"Provider '{_name}' has no embeddings. Name a model of another provider.", nameof(model));

    /// <summary>Asks each address for its root, without a key and without a body: that costs nothing, and leaves a connection for the calls to come.</summary>
    public IEnumerable<Task<ProviderContact>> ConnectAsync(CancellationToken cancellationToken) => _options.Client is not null ? []
        : _ways.Select(way => way.BaseUrl ?? OwnAddress).OfType<Uri>().DistinctBy(address => address.Authority, StringComparer.Ordinal).Select(address => ConnectAsync(address, cancellationToken));

    public void Dispose()
    {
        _chats.Dispose();
        _embeddings.Dispose();
        _connections.Dispose();
        Limit.Dispose();
    }

    private Uri? OwnAddress => _options.Kind is ProviderKind.Anthropic ? AnthropicClientOptions.DefaultBaseUrl : Dialect().DefaultBaseUrl;

    private async Task<ProviderContact> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var started = _services.TimeProvider.GetTimestamp();
        string? problem;
        DateTimeOffset? date = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(address, "/"));
            using var answer = await _chats.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            problem = null;
            date = answer.Headers.Date;
        }
        catch (HttpRequestException error)
        {
            problem = error.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "its name is not known to DNS",
                HttpRequestError.SecureConnectionError => "TLS failed: its certificate is not trusted here, or it speaks no TLS",
                HttpRequestError.ConnectionError => "nothing answers at its address and port",
                _ => "what answers does not speak HTTP",
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = $"it cannot be connected to within {_options.ConnectTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s";
        }
        catch (OperationCanceledException)
        {
            problem = "it gave no answer in time";
        }

        return new ProviderContact(_name, _services.TimeProvider.GetElapsedTime(started)) { Problem = problem, Date = date };
    }

    private IChatClient Client(string model, Way way)
    {
        if (_options.Kind is not ProviderKind.Anthropic)
            return new OpenAiChatClient(_chats, OpenAiOptions(model, way));
        var options = new AnthropicClientOptions { ModelId = model, ApiKey = way.Key, TimeProvider = _services.TimeProvider };
        return new AnthropicChatClient(_chats, way.BaseUrl is { } address ? options with { BaseUrl = address } : options);
    }

    private OpenAiClientOptions OpenAiOptions(string model, Way way) => new()
    {
        ModelId = model,
        Dialect = Dialect(),
        BaseUrl = way.BaseUrl,
        ApiKey = way.Key,
        TimeProvider = _services.TimeProvider,
    };

    private OpenAiDialect Dialect()
    {
        var dialect = _options.Kind switch
        {
            ProviderKind.OpenAi => OpenAiDialect.OpenAi,
            ProviderKind.AzureOpenAi => OpenAiDialect.AzureOpenAi,
            ProviderKind.Mistral => OpenAiDialect.Mistral,
            ProviderKind.Cohere => OpenAiDialect.Cohere,
            _ => OpenAiDialect.Compatible,
        };
        return dialect with { Name = _name, Query = _options is { Kind: ProviderKind.AzureOpenAi, ApiVersion: { } version } ? $"api-version={version}" : dialect.Query };
    }

    /// <summary>An address with a key.</summary>
    private sealed record Way(Uri? BaseUrl, Func<string?> Key, Func<int>? KeyVersion, double Weight);
}
