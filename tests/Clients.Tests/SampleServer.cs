namespace Serving.Clients.Tests;

/// <summary>The host as shipped, with its sample chains, no keys of any provider and no second port.</summary>
public sealed class SampleServer() : ServerProcess(
    Repository.Program("Host", "serving.dll"),
    new Dictionary<string, string?>
    {
        ["LOG_LEVEL"] = "Information",
        ["OFFLINE_PACE_MS"] = "0",
        ["ENABLE_METRICS"] = "false",
        ["METRICS_PORT"] = "0",
        ["OPENAI_API_KEY"] = null,
        ["ANTHROPIC_API_KEY"] = null,
        ["COHERE_API_KEY"] = null,
        ["MISTRAL_API_KEY"] = null,
        ["OPENAI_API_KEY_FILE"] = null,
        ["ANTHROPIC_API_KEY_FILE"] = null,
        ["COHERE_API_KEY_FILE"] = null,
        ["MISTRAL_API_KEY_FILE"] = null,
        ["DEFAULT_MODEL"] = null,
        ["FAST_MODEL"] = null,
        ["FALLBACK_MODELS"] = null,
    });
