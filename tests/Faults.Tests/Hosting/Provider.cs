using Microsoft.Extensions.AI;
using Serving.Providers.Anthropic;
using Serving.Providers.OpenAi;

namespace Serving.Faults.Tests.Hosting;

/// <summary>A provider that is simulated, and how its client is made.</summary>
/// <param name="Name">Its name in sentences.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Path">Where its wire is below the simulator's address.</param>
internal sealed record Provider(string Name, string Title, string Path, Func<HttpClient, Uri, string, TimeProvider, IChatClient> CreateClient)
{
    public static Provider OpenAi { get; } = Compatible(OpenAiDialect.OpenAi, "OpenAI", "v1");

    public static Provider Anthropic { get; } = new("anthropic", "Anthropic", "", (http, baseUrl, model, time) =>
        new AnthropicChatClient(http, new AnthropicClientOptions { BaseUrl = baseUrl, ModelId = model, ApiKey = () => FaultHost.Key, TimeProvider = time }));

    public static Provider Azure { get; } = Compatible(OpenAiDialect.AzureOpenAi, "Azure OpenAI", "");

    public static Provider Mistral { get; } = Compatible(OpenAiDialect.Mistral, "Mistral", "mistral/v1");

    public static Provider Cohere { get; } = Compatible(OpenAiDialect.Cohere, "Cohere", "cohere/v1");

    private static Provider Compatible(OpenAiDialect dialect, string title, string path) => new(dialect.Name, title, path, (http, baseUrl, model, time) =>
        new OpenAiChatClient(http, new OpenAiClientOptions { Dialect = dialect, BaseUrl = baseUrl, ModelId = model, ApiKey = () => FaultHost.Key, TimeProvider = time }));
}
