using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;
using Serving.Endpoints.Hosting;
using Serving.Endpoints.Metrics;

namespace Serving.Host.Settings;

/// <summary>Sends metrics over OTLP where OpenTelemetry's own variables say where to; they say how, too.</summary>
internal static class MetricsPush
{
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    public static IServingBuilder AddMetricsPush(this IServingBuilder serving, IConfiguration configuration)
    {
        var isAsked = Endpoints.Any(name => !string.IsNullOrEmpty(configuration[name])) && configuration["OTEL_METRICS_EXPORTER"] != "none";
        if (isAsked)
        {
            serving.Services.Configure<MetricsOptions>(options => options.Configure += metrics => metrics
                .ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton(configuration)))
                .AddOtlpExporter());
        }

        return serving;
    }
}
