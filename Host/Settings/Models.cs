using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Serving.Endpoints.Options;
using Serving.Host.Telemetry;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;
using Serving.Providers.Telemetry;

namespace Serving.Host.Settings;

/// <summary>The models of the host.</summary>
internal static class Models
{
    /// <summary>What chains use unless they ask for another.</summary>
    public const string Default = "default";

    /// <summary>A model that answers sooner and costs less.</summary>
    public const string Fast = "fast";

    /// <summary>What all models of the host share.</summary>
    /// <exception cref="OptionsValidationException">Some settings are wrong; it tells all of them.</exception>
    public static ResilienceServices Services(ModelSettings settings, HostSettings host, IServiceProvider services)
    {
        _ = services.GetRequiredService<IOptions<ServingLimits>>().Value;
        var usage = new UsageLedger(settings.Prices);
        return new ResilienceServices
        {
            TimeProvider = services.GetRequiredService<TimeProvider>(),
            Usage = usage,
            Metrics = host.EnableMetrics ? new ProviderMetrics(usage, services.GetRequiredService<IMeterFactory>(), host.TokenMetrics) : null,
            Logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Serving.Providers"),
            ContentLogger = services.GetRequiredService<ILoggerFactory>().CreateLogger(LogLevels.Content),
            RecordsContent = host.Traces.CapturesContent,
            KeySeen = services.GetRequiredService<Redactor>().Add,
        };
    }

    /// <summary>Makes the catalog, and logs which models it holds.</summary>
    /// <exception cref="OptionsValidationException">Some settings are wrong; it tells all of them.</exception>
    public static ModelCatalog Create(ModelSettings settings, IServiceProvider services)
    {
        var limits = services.GetRequiredService<IOptions<ServingLimits>>().Value;
        var logger = services.GetRequiredService<ResilienceServices>().Logger;
        var options = settings.Catalog(services.GetRequiredService<TimeProvider>());
        foreach (var warning in settings.Warnings(limits))
            Log.SettingDoubtful(logger, warning);
        var models = string.Join("; ", options.Models.Select(model => $"{model.Key} is {string.Join(", then ", model.Value.Fallbacks.Prepend(model.Value.Model).Distinct(StringComparer.Ordinal))}"));
        Log.ModelsChosen(logger, models);
        return ModelCatalog.Create(options, services.GetRequiredService<ResilienceServices>());
    }
}
