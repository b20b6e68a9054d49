namespace Serving.Clients.Tests;

/// <summary>The host as shipped, with one provider that listens on a port of this machine, and a breaker that soon tries again.</summary>
public sealed class ProviderServer(int providerPort, string key, string? fallbacks) : ServerProcess(
    Repository.Program("Host", "serving.dll"),
    new Dictionary<string, string?>
    {
        ["OPENAI_API_KEY"] = key,
        ["OPENAI_BASE_URL"] = $"http://127.0.0.1:{providerPort}/v1",
        ["DEFAULT_MODEL"] = "openai:sim",
        ["FALLBACK_MODELS"] = fallbacks,
        ["MAX_RETRIES"] = "1",
        ["RETRY_BACKOFF_MS"] = "10",
        ["Providers__openai__BreakerOpenTime"] = "1",
        ["Providers__openai__BreakerMinimumCalls"] = "4",
        ["OFFLINE_PACE_MS"] = "0",
        ["ENABLE_METRICS"] = "false",
        ["METRICS_PORT"] = "0",
        ["ANTHROPIC_API_KEY"] = null,
        ["COHERE_API_KEY"] = null,
        ["MISTRAL_API_KEY"] = null,
    });
