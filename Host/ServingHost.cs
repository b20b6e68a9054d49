using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using Serving.Endpoints.Health;
using Serving.Endpoints.Hosting;
using Serving.Endpoints.Options;
using Serving.Host.Chains;
using Serving.Host.Settings;
using Serving.Host.Telemetry;

namespace Serving.Host;

/// <summary>Puts the host together: settings, logs, models, chains, routes.</summary>
internal static class ServingHost
{
    /// <summary>Makes the app, not yet started.</summary>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var settings = HostSettings.Read(builder.Configuration);
        var models = ModelSettings.Read(builder.Configuration, settings.OfflinePace);

        var redactor = new Redactor();
        foreach (var key in models.Keys.Concat(settings.Traces.Keys))
            redactor.Add(key);

        builder.Logging.AddLog(settings, redactor);
        if (settings.Urls is not null)
            builder.WebHost.UseUrls(settings.Urls);

        if (settings.Traces.IsOn)
            builder.Services.AddSingleton(_ => Tracing.Create(builder.Configuration));

        builder.Services.AddSingleton(redactor);
        builder.Services.AddSingleton(settings.Traces);
        builder.Services.AddSingleton(services => Models.Services(models, settings, services));
        builder.Services.AddSingleton(services => Models.Create(models, services));
        builder.Services.AddSingleton<IReadinessDetail, ModelReadiness>();
        builder.Services.AddHostedService<ProviderWarmUp>();
        var serving = builder.Services.AddSettings(settings, models).AddServingOpenApi().AddSampleChains();
        if (settings.EnableMetrics)
            serving.AddMetricsPush(builder.Configuration);
        if (settings.CorsOrigins.Count > 0)
            builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins([.. settings.CorsOrigins]).AllowAnyHeader().AllowAnyMethod()));

        var app = builder.Build();
        if (app.Services.GetService<TracerProvider>() is not null) // from here on it listens
            app.UseDescribedSpans();
        if (settings.CorsOrigins.Count > 0)
            app.UseCors();
        if (settings.EnableHealthChecks)
            app.MapServingHealth();
        app.MapServingIndex();
        app.MapServingDocs();
        app.MapRunnables();
        return app;
    }

    /// <summary>Registers what the settings say, and what finds out whether they are right.</summary>
    public static IServingBuilder AddSettings(this IServiceCollection services, HostSettings settings, ModelSettings models)
    {
        services.AddSingleton<IValidateOptions<ServingLimits>>(settings);
        services.AddSingleton<IValidateOptions<ServingLimits>>(models);
        var serving = services.AddServing(settings.Apply);
        return settings.EnableMetrics ? serving.AddMetrics(settings.Apply) : serving;
    }
}
