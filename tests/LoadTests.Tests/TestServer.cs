using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serving.LoadTests.Tests;

/// <summary>A server that answers every request as a test says.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public static async Task<TestServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestServer(app);
    }

    /// <summary>Answers with a stream of these events, each in a write of its own.</summary>
    public static Task<TestServer> StreamAsync(params string[] events) => StartAsync(async context =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var one in events)
            await context.Response.WriteAsync(one);
    });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
