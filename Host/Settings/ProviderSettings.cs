using Serving.Providers.Catalog;
using Serving.Providers.Resilience;

namespace Serving.Host.Settings;

/// <summary>
/// The providers: those the host knows, and those that have a section. What a section sets wins over the flat settings.
/// </summary>
internal sealed class ProviderSettings
{
    private readonly SettingsReader _flat;
    private readonly List<string> _problems;
    private readonly Dictionary<string, string> _origins;
    private readonly ResilienceOptions _resilience;
    private readonly int _maxCalls;
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <param name="flat">The settings without a section.</param>
    /// <param name="problems">Where problems are noted.</param>
    /// <param name="origins">Takes the flat settings that options came from, by the options.</param>
    public ProviderSettings(SettingsReader flat, List<string> problems, Dictionary<string, string> origins)
    {
        _flat = flat;
        _problems = problems;
        _origins = origins;
        var defaults = new ProviderOptions();
        _resilience = defaults.Resilience with
        {
            AttemptTimeout = flat.Seconds("LLM_TIMEOUT", defaults.Resilience.AttemptTimeout),
            MaxRetries = flat.Integer("MAX_RETRIES", defaults.Resilience.MaxRetries),
            RetryBackoff = TimeSpan.FromMilliseconds(flat.Integer("RETRY_BACKOFF_MS", (int)defaults.Resilience.RetryBackoff.TotalMilliseconds)),
        };
        _maxCalls = flat.Integer("MAX_PROVIDER_CALLS", defaults.MaxCalls);
        var sections = flat.Groups("Providers").ToDictionary(group => group.Name, group => group.Settings, StringComparer.OrdinalIgnoreCase);
        All = KnownProvider.All.Select(known => known.Name).Union(sections.Keys, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(name => name, name => Read(name, sections.GetValueOrDefault(name)), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The keys that stand in the settings themselves.</summary>
    public IReadOnlyCollection<string> Keys => _keys;

    /// <summary>The providers by name.</summary>
    public IReadOnlyDictionary<string, ProviderOptions> All { get; }

    /// <summary>A provider's options with what a section changes.</summary>
    public static ResilienceOptions Resilience(SettingsReader section, ResilienceOptions basis) => basis with
    {
        AttemptTimeout = section.Seconds(nameof(basis.AttemptTimeout), basis.AttemptTimeout),
        IdleTimeout = section.Seconds(nameof(basis.IdleTimeout)) ?? basis.IdleTimeout,
        MaxRetries = section.Integer(nameof(basis.MaxRetries), basis.MaxRetries),
        RetryBackoff = section.Seconds(nameof(basis.RetryBackoff), basis.RetryBackoff),
        RetryBudget = section.Number(nameof(basis.RetryBudget), basis.RetryBudget),
        BreakerFailureShare = section.Number(nameof(basis.BreakerFailureShare), basis.BreakerFailureShare),
        BreakerMinimumCalls = section.Integer(nameof(basis.BreakerMinimumCalls), basis.BreakerMinimumCalls),
        BreakerWindow = section.Seconds(nameof(basis.BreakerWindow), basis.BreakerWindow),
        BreakerOpenTime = section.Seconds(nameof(basis.BreakerOpenTime), basis.BreakerOpenTime),
        HardDownTime = section.Seconds(nameof(basis.HardDownTime), basis.HardDownTime),
        HedgeShare = section.Number(nameof(basis.HedgeShare), basis.HedgeShare),
    };

    private ProviderOptions Read(string name, SettingsReader? section)
    {
        var known = KnownProvider.All.FirstOrDefault(provider => string.Equals(provider.Name, name, StringComparison.OrdinalIgnoreCase));
        var path = $"Providers:{name}";
        var options = new ProviderOptions
        {
            Kind = known?.Kind ?? ProviderKind.Compatible,
            BaseUrl = known is null ? null : FlatAddress(path, known),
            ApiKey = known is null ? null : Key(_flat, $"{known.Prefix}_API_KEY", $"{known.Prefix}_API_KEY_FILE"),
            ApiVersion = known?.Kind is ProviderKind.AzureOpenAi ? Flat($"{path}:ApiVersion", "AZURE_OPENAI_API_VERSION", _flat.Text) : null,
            MaxCalls = _maxCalls,
            Resilience = _resilience,
        };
        if (known is not null)
        {
            _origins[$"{path}:ApiKey"] = $"{known.Prefix}_API_KEY";
            _origins[$"{path}:ApiKeyFile"] = $"{known.Prefix}_API_KEY_FILE";
        }

        _origins[$"{path}:MaxCalls"] = "MAX_PROVIDER_CALLS";
        _origins[$"{path}:AttemptTimeout"] = "LLM_TIMEOUT";
        _origins[$"{path}:MaxRetries"] = "MAX_RETRIES";
        _origins[$"{path}:RetryBackoff"] = "RETRY_BACKOFF_MS";
        return section is null ? options : Read(name, known, options, section);
    }

    private ProviderOptions Read(string name, KnownProvider? known, ProviderOptions flat, SettingsReader section)
    {
        var kind = section.Choice<ProviderKind>("Kind");
        if (kind is null && known is null && !section.Has("Kind"))
        {
            _problems.Add(
                $"{section.Path("Kind")} is not set, and '{name}' is none of the providers {string.Join(", ", KnownProvider.All.Select(provider => provider.Name))}. " +
                $"Correct the name, or set it to {string.Join(", ", Enum.GetNames<ProviderKind>())}.");
        }

        var options = flat with
        {
            Kind = kind ?? flat.Kind,
            BaseUrl = section.Address("BaseUrl") ?? flat.BaseUrl,
            ApiKey = Key(section, "ApiKey", "ApiKeyFile") ?? flat.ApiKey,
            ApiVersion = section.Text("ApiVersion") ?? flat.ApiVersion,
            MaxCalls = section.Integer("MaxCalls", flat.MaxCalls),
            MaxWaiting = section.Integer("MaxWaiting", flat.MaxWaiting),
            ConnectTimeout = section.Seconds("ConnectTimeout", flat.ConnectTimeout),
            Deployments = [.. section.Groups("Deployments").Select(group => Deployment(group.Settings))],
            Resilience = Resilience(section, flat.Resilience),
        };
        foreach (var key in (string[])["BaseUrl", "ApiKey", "ApiKeyFile", "ApiVersion", "MaxCalls", "AttemptTimeout", "MaxRetries", "RetryBackoff"])
        {
            if (section.Has(key))
                _origins.Remove(section.Path(key));
        }

        section.RejectUnknown();
        return options;
    }

    private DeploymentOptions Deployment(SettingsReader section)
    {
        var deployment = new DeploymentOptions
        {
            BaseUrl = section.Address("BaseUrl"),
            ApiKey = Key(section, "ApiKey", "ApiKeyFile"),
            Weight = section.Number("Weight", 1),
        };
        section.RejectUnknown();
        return deployment;
    }

    private Uri? FlatAddress(string path, KnownProvider known)
    {
        var endpoint = known.Kind is ProviderKind.AzureOpenAi && !_flat.Has("AZURE_OPENAI_BASE_URL") && _flat.Has("AZURE_OPENAI_ENDPOINT");
        return Flat($"{path}:BaseUrl", endpoint ? "AZURE_OPENAI_ENDPOINT" : $"{known.Prefix}_BASE_URL", _flat.Address) ?? known.BaseUrl;
    }

    private T? Flat<T>(string option, string key, Func<string, T?> read)
        where T : class
    {
        _origins[option] = key;
        return read(key);
    }

    private ApiKey? Key(SettingsReader settings, string key, string file)
    {
        var text = settings.Text(key);
        var path = settings.Text(file);
        if (text is not null && path is not null)
            _problems.Add($"{settings.Path(key)} and {settings.Path(file)} are both set; a provider has one key. Unset one of them.");
        if (text is not null)
            _keys.Add(text);
        return text is not null ? ApiKey.Of(text) : path is not null ? ApiKey.InFile(path) : null;
    }
}
