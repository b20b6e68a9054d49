using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Serving.Endpoints.Options;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;
using Serving.Runtime.Models;

namespace Serving.Host.Settings;

/// <summary>
/// The settings of models and their providers: flat ones, and the sections <c>Models</c> and <c>Providers</c>. A model's section wins over its provider's,
/// that over the flat settings, and those over the defaults. What is wrong is told with all else that is.
/// </summary>
internal sealed class ModelSettings : IValidateOptions<ServingLimits>
{
    private const string OfflineModel = "offline:offline";
    private const int OfflineFastTokens = 32;

    private readonly List<string> _problems = [];
    private readonly Dictionary<string, string> _origins = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ModelOptions> _models = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SettingsReader> _sections;
    private readonly SettingsReader _flat;
    private readonly IReadOnlyDictionary<string, ProviderOptions> _providers;
    private readonly TimeSpan _offlinePace;

    private ModelSettings(IConfiguration configuration, TimeSpan offlinePace)
    {
        _offlinePace = offlinePace;
        _flat = new SettingsReader(configuration, _problems);
        var providers = new ProviderSettings(_flat, _problems, _origins);
        (_providers, Keys) = (providers.All, providers.Keys);
        Prices = ReadPrices();
        _sections = _flat.Groups("Models").ToDictionary(group => group.Name, group => group.Settings, StringComparer.OrdinalIgnoreCase);

        var known = KnownProvider.All.FirstOrDefault(provider => provider.Default is not null && HasKey(_providers[provider.Name]));
        var given = Given(Models.Default, "DEFAULT_MODEL");
        Add(Models.Default, given ?? (known is null ? OfflineModel : $"{known.Name}:{known.Default}"));
        // Whoever names the default model has not asked for another one.
        Add(Models.Fast, Given(Models.Fast, "FAST_MODEL") ?? given ?? (known is null ? OfflineModel : $"{known.Name}:{known.Fast}"));
        foreach (var name in _sections.Keys.Where(name => !_models.ContainsKey(name)).ToList())
            Add(name, _sections[name].Text("Model"));
        foreach (var section in _sections.Values)
            section.RejectUnknown();
    }

    public static ModelSettings Read(IConfiguration configuration, TimeSpan offlinePace) => new(configuration, offlinePace);

    /// <summary>The keys that stand in the settings themselves. Never to be printed.</summary>
    public IReadOnlyCollection<string> Keys { get; }

    /// <summary>What tokens cost.</summary>
    public PriceTable Prices { get; }

    /// <summary>What the catalog is made of.</summary>
    /// <param name="time">The clock of the offline model.</param>
    public ModelCatalogOptions Catalog(TimeProvider time) => new()
    {
        Models = _models,
        Providers = new Dictionary<string, ProviderOptions>(_providers, StringComparer.OrdinalIgnoreCase)
        {
            ["offline"] = new()
            {
                Client = _ => new OfflineChatClient(new OfflineModelOptions { PieceDelay = _offlinePace }, time),
                MaxCalls = 100_000,
                // As much time as its longest answers take at its pace: it does not fail, and where it stands in the models before it leave it this much.
                Resilience = new ResilienceOptions { AttemptTimeout = TimeSpan.FromSeconds(1) + 500 * _offlinePace, MaxRetries = 0 },
            },
        },
    };

    /// <summary>Tells what is wrong with providers and models, and with their times beside the host's limits.</summary>
    public ValidateOptionsResult Validate(string? name, ServingLimits options)
    {
        var problems = _problems
            .Concat(Catalog(TimeProvider.System).Validate().Select(problem => $"{_origins.GetValueOrDefault(problem.Key, problem.Key)} {problem.Text}"))
            .Concat(RetriesThatNeverFit(options))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>What works, but hardly as meant.</summary>
    public IEnumerable<string> Warnings(ServingLimits limits)
    {
        var warnings = Bounds()
            .Where(bound => bound.Options.AttemptTimeout > limits.RequestTimeout)
            .Select(bound => (Key: Origin($"{bound.Path}:AttemptTimeout"), bound.Options.AttemptTimeout))
            .Select(bound => $"{bound.Key} ({bound.AttemptTimeout.TotalSeconds} s) is above REQUEST_TIMEOUT ({limits.RequestTimeout.TotalSeconds} s): one attempt fills the request, and none is left for a retry or a fallback");
        var unused = _providers.Where(provider => HasKey(provider.Value)).Select(provider => provider.Key).Order(StringComparer.Ordinal).ToList();
        if (_models[Models.Default].Model == OfflineModel && !_flat.Has("DEFAULT_MODEL") && unused.Count > 0)
            warnings = warnings.Append($"There is a key for {string.Join(", ", unused)}, but no model: the offline model answers. Set DEFAULT_MODEL to {unused[0]}:model");
        return warnings.Distinct(StringComparer.Ordinal);
    }

    private static bool HasKey(ProviderOptions provider) => provider.ApiKey is not null || provider.Deployments.Any(deployment => deployment.ApiKey is not null);

    private PriceTable ReadPrices()
    {
        try
        {
            return _flat.Text("PRICES_FILE") is { } path ? PriceTable.Load(path) : PriceTable.Default;
        }
        catch (InvalidDataException wrong)
        {
            _problems.Add($"PRICES_FILE: {wrong.Message}");
            return PriceTable.Default;
        }
    }

    private IEnumerable<string> RetriesThatNeverFit(ServingLimits limits) => Bounds()
        .Where(bound => bound.Options.MaxRetries > 0 && bound.Options.RetryBackoff / 2 >= limits.RequestTimeout && limits.RequestTimeout > TimeSpan.Zero)
        .Select(bound =>
            $"{Origin($"{bound.Path}:RetryBackoff")} is {bound.Options.RetryBackoff.TotalSeconds} s; no retry after at least half of it fits into REQUEST_TIMEOUT ({limits.RequestTimeout.TotalSeconds} s). " +
            $"Lower it, or set {Origin($"{bound.Path}:MaxRetries")} to 0.");

    private IEnumerable<(string Path, ResilienceOptions Options)> Bounds() =>
        _providers.Select(provider => ($"Providers:{provider.Key}", provider.Value.Resilience))
            .Concat(_models.Where(model => model.Value.Resilience is not null).Select(model => ($"Models:{model.Key}", model.Value.Resilience!)));

    private string Origin(string option) => _origins.GetValueOrDefault(option, option);

    /// <summary>The model that is asked for under a name, by its section or by a flat setting; null for none.</summary>
    private string? Given(string name, string flat)
    {
        if (_sections.GetValueOrDefault(name)?.Text("Model") is { } model)
            return model;
        // What is wrong with a model that only follows the default one is told of that.
        _origins[$"Models:{name}:Model"] = name == Models.Default || _flat.Has(flat) ? flat : Origin($"Models:{Models.Default}:Model");
        return _flat.Text(flat);
    }

    private void Add(string name, string? model)
    {
        var section = _sections.GetValueOrDefault(name);
        if (model is null)
            _problems.Add($"Models:{name}:Model is not set; it must be provider:model, or the name of another model.");
        var fallbacks = section?.List("Fallbacks", commas: true);
        if (fallbacks is null && name is Models.Default or Models.Fast)
        {
            fallbacks = _flat.List("FALLBACK_MODELS", commas: true);
            _origins[$"Models:{name}:Fallbacks"] = "FALLBACK_MODELS";
        }

        var settings = section is null ? null : Settings(section);
        if (name == Models.Fast && model == OfflineModel && settings?.MaxOutputTokens is null)
            (settings ??= new ChatOptions()).MaxOutputTokens = OfflineFastTokens;
        var resilience = section is null ? null : ProviderSettings.Resilience(section, Basis(model));
        if (model is not null)
            _models[name] = new ModelOptions { Model = model, Fallbacks = fallbacks ?? [], Settings = settings, Resilience = resilience == Basis(model) ? null : resilience };
    }

    /// <summary>What bounds a model where its section says nothing.</summary>
    private ResilienceOptions Basis(string? model)
    {
        if (ModelName.TryParse(model, out var name))
            return _providers.GetValueOrDefault(name.Provider)?.Resilience ?? new ResilienceOptions();
        return model is not null && _sections.GetValueOrDefault(model) is { } other && other.Text("Model") is { } next && ModelName.TryParse(next, out _)
            ? ProviderSettings.Resilience(other, Basis(next))
            : new ResilienceOptions();
    }

    private static ChatOptions? Settings(SettingsReader section)
    {
        var settings = new ChatOptions
        {
            Temperature = (float?)section.Number("Temperature"),
            TopP = (float?)section.Number("TopP"),
            MaxOutputTokens = section.Integer("MaxOutputTokens"),
            Seed = section.Integer("Seed"),
            StopSequences = section.List("StopSequences", commas: false)?.ToList(),
            Reasoning = section.Choice<ReasoningEffort>("ReasoningEffort") is { } effort ? new ReasoningOptions { Effort = effort } : null,
        };
        return settings is { Temperature: null, TopP: null, MaxOutputTokens: null, Seed: null, StopSequences: null, Reasoning: null } ? null : settings;
    }
}
