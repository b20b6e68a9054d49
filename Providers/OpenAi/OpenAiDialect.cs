using Serving.Providers.Wire;

namespace Serving.Providers.OpenAi;

/// <summary>How a provider's interface differs from OpenAI's, as data. Change a ready one by <c>with</c>.</summary>
/// <param name="Name">The provider's name in metadata and in messages to clients.</param>
public sealed record OpenAiDialect(string Name)
{
    /// <summary>OpenAI.</summary>
    public static OpenAiDialect OpenAi { get; } = new("openai") { DefaultBaseUrl = new Uri("https://api.openai.com/v1") };

    /// <summary>Azure OpenAI by deployments: the model id is the deployment's name, the base URL the resource's, such as <c>https://name.openai.azure.com</c>.</summary>
    public static OpenAiDialect AzureOpenAi { get; } = new("azure-openai")
    {
        KeyHeader = "api-key",
        KeyScheme = null,
        ChatPath = "openai/deployments/{model}/chat/completions",
        EmbeddingsPath = "openai/deployments/{model}/embeddings",
        Query = "api-version=2024-10-21",
    };

    /// <summary>Mistral.</summary>
    public static OpenAiDialect Mistral { get; } = new("mistral")
    {
        DefaultBaseUrl = new Uri("https://api.mistral.ai/v1"),
        TokenField = "max_tokens",
        SendsStreamOptions = false,
    };

    /// <summary>Cohere's compatible endpoint.</summary>
    public static OpenAiDialect Cohere { get; } = new("cohere")
    {
        DefaultBaseUrl = new Uri("https://api.cohere.ai/compatibility/v1"),
        TokenField = "max_tokens",
        SendsStreamOptions = false,
    };

    /// <summary>Servers that take OpenAI's requests: Ollama, vLLM, llama.cpp, LM Studio, gateways. A key is sent if there is one.</summary>
    public static OpenAiDialect Compatible { get; } = new("openai-compatible") { TokenField = "max_tokens", NeedsKey = false };

    /// <summary>The base URL if the options give none; null if they must.</summary>
    public Uri? DefaultBaseUrl { get; init; }

    /// <summary>The header that carries the key.</summary>
    public string KeyHeader { get; init; } = "Authorization";

    /// <summary>What stands before the key in its header; null for nothing.</summary>
    public string? KeyScheme { get; init; } = "Bearer";

    /// <summary>Whether a call without a key fails at once instead of being sent.</summary>
    public bool NeedsKey { get; init; } = true;

    /// <summary>The field for the longest answer: <c>max_completion_tokens</c> or <c>max_tokens</c>.</summary>
    public string TokenField { get; init; } = "max_completion_tokens";

    /// <summary>Whether streams ask for token usage by <c>stream_options</c>.</summary>
    public bool SendsStreamOptions { get; init; } = true;

    /// <summary>The path of chats below the base URL; <c>{model}</c> stands for the model id.</summary>
    public string ChatPath { get; init; } = "chat/completions";

    /// <summary>The path of embeddings below the base URL; <c>{model}</c> stands for the model id.</summary>
    public string EmbeddingsPath { get; init; } = "embeddings";

    /// <summary>The query of every call, without its question mark.</summary>
    public string? Query { get; init; }

    internal ProviderEndpoint Endpoint(OpenAiClientOptions options, string path) =>
        new(Name, options.ModelId, model => Address(options.BaseUrl, path, model), options.TimeProvider)
        {
            ApiKey = options.ApiKey,
            NeedsKey = NeedsKey,
            KeyHeader = KeyHeader,
            KeyScheme = KeyScheme,
        };

    private Uri Address(Uri? baseUrl, string path, string model)
    {
        var given = baseUrl ?? DefaultBaseUrl ?? throw new ArgumentException($"Provider '{Name}' has no base URL of its own. Set one in the options.", nameof(baseUrl));
        if (!given.IsAbsoluteUri || given.Scheme is not ("http" or "https"))
            throw new ArgumentException($"The base URL of provider '{Name}' is not an absolute one of http or https.", nameof(baseUrl));
        var root = given.AbsoluteUri.TrimEnd('/');
        var filled = path.Replace("{model}", Uri.EscapeDataString(model), StringComparison.Ordinal).TrimStart('/');
        return new Uri($"{root}/{filled}{(Query is null ? "" : "?")}{Query}");
    }
}
