using Serving.Providers.Catalog;

namespace Serving.Host.Settings;

/// <summary>A provider that the host knows by name.</summary>
/// <param name="Name">What stands before the colon of its models.</param>
/// <param name="Prefix">What its settings in the environment begin with.</param>
/// <param name="Kind">How it is spoken to.</param>
internal sealed record KnownProvider(string Name, string Prefix, ProviderKind Kind)
{
    /// <summary>All, in the order in which their keys are looked for.</summary>
    public static IReadOnlyList<KnownProvider> All { get; } =
    [
        new("openai", "OPENAI", ProviderKind.OpenAi) { Default = "gpt-5.4-mini", Fast = "gpt-5.4-nano" },
        new("anthropic", "ANTHROPIC", ProviderKind.Anthropic) { Default = "claude-haiku-5-5", Fast = "claude-haiku-5-5" },
        new("mistral", "MISTRAL", ProviderKind.Mistral) { Default = "mistral-small-latest", Fast = "ministral-8b-2512" },
        new("cohere", "COHERE", ProviderKind.Cohere) { Default = "command-a-03-2025", Fast = "command-r7b-12-2024" },
        new("azure", "AZURE_OPENAI", ProviderKind.AzureOpenAi),
        new("ollama", "OLLAMA", ProviderKind.Compatible) { BaseUrl = new Uri("http://localhost:11434/v1") },
        new("vllm", "VLLM", ProviderKind.Compatible) { BaseUrl = new Uri("http://localhost:8000/v1") },
        new("lmstudio", "LMSTUDIO", ProviderKind.Compatible) { BaseUrl = new Uri("http://localhost:1234/v1") },
        // Its own default port is the host's.
        new("llamacpp", "LLAMACPP", ProviderKind.Compatible),
        new("compatible", "COMPATIBLE", ProviderKind.Compatible),
    ];

    /// <summary>Its model for <c>default</c> where only its key is set; null where nobody can know which there are.</summary>
    public string? Default { get; init; }

    /// <summary>The same for <c>fast</c>.</summary>
    public string? Fast { get; init; }

    /// <summary>Where it is usually found; null for the kind's own address, or none.</summary>
    public Uri? BaseUrl { get; init; }
}
