using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Serving.Providers.Anthropic;
using Serving.Providers.OpenAi;

namespace Serving.Providers.Tests;

/// <summary>A provider on a port of its own that answers every call by one function, and keeps what it was asked.</summary>
internal sealed class ScriptedProvider : IAsyncDisposable
{
    public const string Key = "sk-canary-5f1d";

    private readonly WebApplication _app;

    private ScriptedProvider(WebApplication app) => _app = app;

    public ConcurrentQueue<ProviderCall> Calls { get; } = new();

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public Uri BaseUrl => new(_app.Urls.Single() + "/v1");

    public ProviderCall Call => Assert.Single(Calls);

    public JsonNode Body => Call.Body;

    public static async Task<ScriptedProvider> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var provider = new ScriptedProvider(app);
        app.Run(async context =>
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: TestContext.Current.CancellationToken);
            var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var call = new ProviderCall(context.Request.Path + context.Request.QueryString, headers, body!); // no call without a body
            context.Features.Set(call);
            provider.Calls.Enqueue(call);
            await answer(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>Answers with a text.</summary>
    public static Task<ScriptedProvider> AnsweringAsync(string body, int status = 200, string? type = "application/json", params (string Name, string Value)[] headers) =>
        StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            foreach (var (name, value) in headers)
                context.Response.Headers[name] = value;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        });

    /// <summary>Streams a text, in writes of so many bytes.</summary>
    public static Task<ScriptedProvider> StreamingAsync(string body, int size = int.MaxValue) =>
        StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            var bytes = Encoding.UTF8.GetBytes(body);
            for (var i = 0; i < bytes.Length; i += Math.Min(size, bytes.Length))
            {
                await context.Response.Body.WriteAsync(bytes.AsMemory(i, Math.Min(size, bytes.Length - i)));
                await context.Response.Body.FlushAsync();
            }
        });

    public OpenAiChatClient Client(OpenAiDialect? dialect = null, Func<string?>? key = null) => new(Http, new OpenAiClientOptions
    {
        ModelId = "test-model",
        BaseUrl = BaseUrl,
        Dialect = dialect ?? OpenAiDialect.OpenAi,
        ApiKey = key ?? (() => Key),
    });

    public AnthropicChatClient Anthropic(Func<AnthropicClientOptions, AnthropicClientOptions>? change = null)
    {
        var options = new AnthropicClientOptions { ModelId = "test-model", BaseUrl = BaseUrl, ApiKey = () => Key };
        return new AnthropicChatClient(Http, change is null ? options : change(options));
    }

    public Task<ChatResponse> AskAsync(ChatOptions? options = null, OpenAiDialect? dialect = null) => AskAsync([new ChatMessage(ChatRole.User, "Hi")], options, dialect);

    public Task<ChatResponse> AskAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, OpenAiDialect? dialect = null) =>
        Client(dialect).GetResponseAsync(messages, options, TestContext.Current.CancellationToken);

    public async Task<List<ChatResponseUpdate>> StreamAsync(ChatOptions? options = null, OpenAiDialect? dialect = null)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in Client(dialect).GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hi")], options, TestContext.Current.CancellationToken))
            updates.Add(update);
        return updates;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
