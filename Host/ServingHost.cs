using Serilog;
using Serving.Host.Chains;
using Serving.Host.Settings;

namespace Serving.Host;

/// <summary>Puts the host together: settings, logs, models, chains, routes.</summary>
internal static class ServingHost
{
    /// <summary>Makes the app, not yet started.</summary>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var settings = HostSettings.Read(builder.Configuration);

        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(Logging.Create(settings), dispose: true);
        if (settings.Urls is not null)
            builder.WebHost.UseUrls(settings.Urls);

        builder.Services.AddSingleton<Microsoft.Extensions.Options.IValidateOptions<Serving.Endpoints.Options.ServingLimits>>(settings);
        builder.Services.AddSingleton(provider => Models.Create(settings, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddServing(settings.Apply).AddServingOpenApi().AddSampleChains();
        if (settings.CorsOrigins.Count > 0)
            builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins([.. settings.CorsOrigins]).AllowAnyHeader().AllowAnyMethod()));

        var app = builder.Build();
        if (settings.CorsOrigins.Count > 0)
            app.UseCors();
        if (settings.EnableHealthChecks)
            app.MapServingHealth();
        app.MapServingIndex();
        app.MapServingDocs();
        app.MapRunnables();
        return app;
    }
}
