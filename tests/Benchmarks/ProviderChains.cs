using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Providers.OpenAi;
using Serving.Providers.Resilience;
using Serving.Runtime.Chat;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Benchmarks;

/// <summary>A chain that calls a provider, with and without what survives it.</summary>
internal static class ProviderChains
{
    public const string System = "You tell short, clean jokes.";
    public const string Model = "sim";

    public static Runnable<ChainValues, string> Joke(IChatClient client) => ChatPromptTemplate
        .FromMessages(("system", System), ("human", "Tell me a joke about {topic}"))
        .Pipe(new ChatModel(client))
        .Pipe(new StrOutputParser());

    /// <summary>The client alone.</summary>
    public static IChatClient Thin(Uri provider) => new OpenAiChatClient(Http(), new OpenAiClientOptions
    {
        ModelId = Model,
        BaseUrl = new Uri(provider, "/v1"),
        ApiKey = () => "key",
    });

    /// <summary>Retries, budget, breaker, limit, timeouts, accounts and metrics on, and a fallback at hand.</summary>
    public static IChatClient Resilient(Uri provider)
    {
        var limit = new CallLimit(1000, 1000);
        var services = new ResilienceServices();
        return new ResilientChatClient(
            new ResilientModel(new ModelName("openai", Model), [new ModelDeployment(Thin(provider))], limit: limit, services: services),
            new ResilientModel(new ModelName("openai", "spare"), [new ModelDeployment(Thin(provider))], limit: limit, services: services));
    }

    public static HttpClient Http() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
