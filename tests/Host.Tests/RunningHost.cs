using Microsoft.AspNetCore.Builder;

namespace Serving.Host.Tests;

/// <summary>The host as it ships, on a free port of the loopback interface, without pace or shutdown delay.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public WebApplication App => _app;

    public static async Task<RunningHost> StartAsync(params string[] settings)
    {
        string[] defaults = ["--PORT=0", "--BIND_ADDRESS=127.0.0.1", "--OFFLINE_PACE_MS=0", "--SHUTDOWN_DELAY=0", "--LOG_LEVEL=Critical"];
        var app = ServingHost.Create([.. defaults, .. settings]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
