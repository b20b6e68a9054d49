namespace Serving.Providers.Catalog;

/// <summary>How a provider is spoken to.</summary>
public enum ProviderKind
{
    /// <summary>Servers that take OpenAI's requests at an address of their own: Ollama, vLLM, llama.cpp, LM Studio, gateways. A key is sent if there is one.</summary>
    Compatible,

    /// <summary>OpenAI.</summary>
    OpenAi,

    /// <summary>Azure OpenAI; a model's name is that of its deployment there.</summary>
    AzureOpenAi,

    /// <summary>Anthropic.</summary>
    Anthropic,

    /// <summary>Mistral.</summary>
    Mistral,

    /// <summary>Cohere.</summary>
    Cohere,
}
