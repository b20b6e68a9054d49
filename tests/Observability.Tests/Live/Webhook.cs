using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Serving.Observability.Tests.Live;

/// <summary>Whom Alertmanager tells: a server that keeps what it is sent.</summary>
internal sealed class Webhook : IAsyncDisposable
{
    private readonly Channel<JsonElement> _alerts = Channel.CreateUnbounded<JsonElement>();
    private readonly WebApplication _app;

    private Webhook()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async http =>
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            foreach (var alert in document.RootElement.GetProperty("alerts").EnumerateArray())
                await _alerts.Writer.WriteAsync(alert.Clone(), http.RequestAborted);
        });
    }

    public Uri Address => new(_app.Urls.First());

    public static async Task<Webhook> StartAsync()
    {
        var webhook = new Webhook();
        await webhook._app.StartAsync(TestContext.Current.CancellationToken);
        return webhook;
    }

    /// <summary>The next that is sent of an alert in a state, <c>firing</c> or <c>resolved</c>.</summary>
    public async Task<JsonElement> NextAsync(string alert, string status, CancellationToken cancellationToken)
    {
        await foreach (var one in _alerts.Reader.ReadAllAsync(cancellationToken))
        {
            if (one.GetProperty("labels").GetProperty("alertname").GetString() == alert && one.GetProperty("status").GetString() == status)
                return one;
        }

        throw new InvalidOperationException("The webhook has ended.");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
