using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Metrics;

namespace Serving.Endpoints.Tests.Metrics;

/// <summary>A host that serves its metrics on a free port of the loopback interface.</summary>
internal static class MetricsHost
{
    public static Task<WebApplication> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null) => TestHost.StartAsync(
        builder =>
        {
            builder.Services.AddServing().AddMetrics(options => (options.Port, options.BindAddress) = (0, "127.0.0.1"));
            configure?.Invoke(builder);
        },
        map);

    public static Uri Metrics(this WebApplication app) => new(app.Services.GetRequiredService<MetricsServer>().Address!, "/metrics"); // it has started
}
