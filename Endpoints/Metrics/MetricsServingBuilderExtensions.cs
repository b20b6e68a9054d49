using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Serving.Endpoints.Hosting;
using Serving.Endpoints.Metrics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what serving metrics needs.</summary>
public static class MetricsServingBuilderExtensions
{
    /// <summary>
    /// Serves <c>GET /metrics</c> on a port of its own, as text for Prometheus or OpenMetrics. Without it nothing is measured. Calling it again adds nothing
    /// but options.
    /// </summary>
    /// <param name="builder">What <c>AddServing</c> gave.</param>
    /// <param name="configure">Where, and which metrics besides the host's own.</param>
    public static IServingBuilder AddMetrics(this IServingBuilder builder, Action<MetricsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<MetricsOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MetricsOptions>, MetricsOptionsValidator>());
        if (configure is not null)
            services.Configure(configure);
        services.TryAddSingleton<MetricsRegistry>();
        services.TryAddSingleton<MetricsServer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MetricsServer>(provider => provider.GetRequiredService<MetricsServer>()));
        return builder;
    }
}
