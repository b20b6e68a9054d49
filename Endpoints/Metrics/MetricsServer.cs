using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OptionsOf = Microsoft.Extensions.Options.Options;

namespace Serving.Endpoints.Metrics;

/// <summary>
/// The metrics on a server of their own, which shares nothing with that of the API: no routes, no middleware, no limits. It listens before the API does, and
/// until the last request has been drained.
/// </summary>
internal sealed class MetricsServer(MetricsRegistry registry, IOptions<MetricsOptions> options, IServiceProvider services, ILoggerFactory loggers)
    : IHostedLifecycleService, IHttpApplication<HttpContext>, IDisposable
{
    private KestrelServer? _server;

    /// <summary>Where it listens, once it does.</summary>
    public Uri? Address { get; private set; }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var kestrel = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = 100;
        kestrel.Limits.MaxRequestBodySize = 0;
        Listen(kestrel, options.Value);
        _server = new KestrelServer(OptionsOf.Create(kestrel), new SocketTransportFactory(OptionsOf.Create(new SocketTransportOptions()), loggers), loggers);
        try
        {
            await _server.StartAsync(this, cancellationToken);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw Unable($"METRICS_PORT is {options.Value.Port}, and another process listens there. Set it to a free port, or to 0 for any, or set ENABLE_METRICS to false.");
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            throw Unable(
                $"METRICS_PORT is {options.Value.Port} and BIND_ADDRESS '{options.Value.BindAddress}', where this process cannot listen. Set them to a port above 1023 and an address of this machine.");
        }

        var address = _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Address = new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal));
        Log.MetricsServed(loggers.CreateLogger("Serving.Endpoints"), address + "/metrics");
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _server?.Dispose();

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext context) => ScrapeAnswer.WriteAsync(context, registry);

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception)
    {
    }

    private static OptionsValidationException Unable(string problem) => new(OptionsOf.DefaultName, typeof(MetricsOptions), [problem]);

    private static void Listen(KestrelServerOptions kestrel, MetricsOptions options)
    {
        if (options.BindAddress == "*")
            kestrel.ListenAnyIP(options.Port);
        else if (options.BindAddress != "localhost")
            kestrel.Listen(IPAddress.Parse(options.BindAddress), options.Port);
        else if (options.Port == 0)
            kestrel.Listen(IPAddress.Loopback, 0); // both loopback addresses cannot be given one free port
        else
            kestrel.ListenLocalhost(options.Port);
    }
}
