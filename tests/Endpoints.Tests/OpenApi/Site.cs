using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.ConformanceHost;

namespace Serving.Endpoints.Tests.OpenApi;

/// <summary>A host with docs and an index, and a client of it.</summary>
internal sealed class Site(WebApplication app) : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        BaseAddress = new Uri(app.Urls.First()),
        Timeout = TestHost.Timeout,
    };

    public static async Task<Site> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null) =>
        new(await TestHost.StartAsync(
            builder =>
            {
                builder.Services.AddServing().AddServingOpenApi();
                configure?.Invoke(builder);
            },
            app =>
            {
                app.MapServingDocs();
                app.MapServingIndex();
                map(app);
            }));

    /// <summary>One with a chain of every kind.</summary>
    public static Task<Site> StartWithConformanceChainsAsync() => StartAsync(app => app.MapConformanceChains());

    public async Task<ApiDocument> DocumentAsync() => new(JsonElement.Parse(await Client.GetStringAsync("/openapi/v1.json", Token)));

    public async Task<string> PostAsync(string path, JsonElement body)
    {
        using var response = await Client.PostAsJsonAsync(path, body, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}
