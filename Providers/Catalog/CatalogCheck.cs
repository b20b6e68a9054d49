using System.Globalization;
using Microsoft.Extensions.AI;
using Serving.Providers.Resilience;

namespace Serving.Providers.Catalog;

/// <summary>Finds all that is wrong with the options of a catalog.</summary>
internal sealed class CatalogCheck
{
    private readonly ModelNames _names;
    private readonly List<CatalogProblem> _problems = [];

    public CatalogCheck(ModelCatalogOptions options)
    {
        _names = new ModelNames(options);
        foreach (var (name, provider) in options.Providers)
            CheckProvider($"Providers:{name}", name, provider);
        foreach (var (name, model) in options.Models)
            CheckModel($"Models:{name}", name, model);
        CheckTwice("Providers", options.Providers.Keys);
        CheckTwice("Models", options.Models.Keys);
    }

    public IReadOnlyList<CatalogProblem> Problems => [.. _problems.Distinct()];

    private void CheckTwice(string path, IEnumerable<string> names)
    {
        foreach (var twice in names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
            Add($"{path}:{twice.Key}", "is there twice; upper and lower case make no difference. Give one of them another name.");
    }

    private void CheckProvider(string path, string name, ProviderOptions provider)
    {
        if (name.Length == 0 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
            Add(path, "is no name for a provider; use letters, digits, dashes and underscores.");
        Range($"{path}:MaxCalls", provider.MaxCalls, 1, 100_000);
        Range($"{path}:MaxWaiting", provider.MaxWaiting, 0, 100_000);
        Range($"{path}:ConnectTimeout", provider.ConnectTimeout.TotalSeconds, 0.1, 300, " s");
        CheckAddress($"{path}:BaseUrl", provider.BaseUrl);
        if (provider.ApiVersion is { } version && (version.Length == 0 || version.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '.'))))
            Add($"{path}:ApiVersion", $"is '{version}'; it must be a version such as 2024-10-21.");
        if (provider.Deployments.Count > DeploymentPool.Most)
            Add($"{path}:Deployments", $"are {provider.Deployments.Count}; there may be {DeploymentPool.Most}. Put the others into a provider of their own.");
        for (var i = 0; i < provider.Deployments.Count; i++)
        {
            CheckAddress($"{path}:Deployments:{i}:BaseUrl", provider.Deployments[i].BaseUrl);
            Range($"{path}:Deployments:{i}:Weight", provider.Deployments[i].Weight, 0.001, 1000);
        }

        CheckResilience(path, provider.Resilience, null);
    }

    private void CheckModel(string path, string name, ModelOptions model)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains(':', StringComparison.Ordinal))
            Add(path, "is no name for a model of one's own; use one without a colon.");
        var primary = CheckReference($"{path}:Model", name, model.Model);
        foreach (var fallback in model.Fallbacks)
            CheckReference($"{path}:Fallbacks", name, fallback);
        if (model.Settings is { } settings)
            CheckSettings(path, settings);
        if (model.Resilience is { } resilience)
            CheckResilience(path, resilience, primary?.Provider.Resilience);
    }

    private ModelTarget? CheckReference(string key, string owner, string reference)
    {
        if (!_names.TryResolve(reference, owner, out var target, out var problem))
            Add(key, $"is '{reference}'; {problem}");
        else
            _problems.AddRange(ProviderNeeds.Of(target.Name.Provider, target.Provider));
        return target;
    }

    private void CheckAddress(string key, Uri? address)
    {
        // An address may hold a password, so it is not shown.
        if (address is not null && !IsAddress(address))
            Add(key, "is no address of a provider; it must be absolute, of http or https, without user, query or fragment, such as https://host.example/v1.");
    }

    private static bool IsAddress(Uri address) =>
        address is { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };

    private void CheckSettings(string path, ChatOptions settings)
    {
        Range($"{path}:Temperature", settings.Temperature, 0, 2);
        Range($"{path}:TopP", settings.TopP, 0, 1);
        Range($"{path}:MaxOutputTokens", settings.MaxOutputTokens, 1, int.MaxValue);
    }

    /// <summary>What is the same in the base is told of there.</summary>
    private void CheckResilience(string path, ResilienceOptions options, ResilienceOptions? basis)
    {
        Check(nameof(options.AttemptTimeout), resilience => resilience.AttemptTimeout.TotalSeconds, 0.1, 86_400, " s");
        Check(nameof(options.IdleTimeout), resilience => resilience.IdleTimeout?.TotalSeconds, 0.1, 86_400, " s");
        Check(nameof(options.MaxRetries), resilience => resilience.MaxRetries, 0, 10);
        Check(nameof(options.RetryBackoff), resilience => resilience.RetryBackoff.TotalSeconds, 0, 30, " s");
        Check(nameof(options.RetryBudget), resilience => resilience.RetryBudget, 0, 1);
        Check(nameof(options.BreakerFailureShare), resilience => resilience.BreakerFailureShare, 0.01, 2);
        Check(nameof(options.BreakerMinimumCalls), resilience => resilience.BreakerMinimumCalls, 1, 100_000);
        Check(nameof(options.BreakerWindow), resilience => resilience.BreakerWindow.TotalSeconds, 0.1, 86_400, " s");
        Check(nameof(options.BreakerOpenTime), resilience => resilience.BreakerOpenTime.TotalSeconds, 0.1, 86_400, " s");
        Check(nameof(options.HardDownTime), resilience => resilience.HardDownTime.TotalSeconds, 0.1, 86_400, " s");
        Check(nameof(options.HedgeShare), resilience => resilience.HedgeShare, 0, 0.1);

        void Check(string name, Func<ResilienceOptions, double?> read, double least, double most, string unit = "")
        {
            var value = read(options);
            if (basis is null || !Nullable.Equals(value, read(basis)))
                Range($"{path}:{name}", value, least, most, unit);
        }
    }

    private void Range(string key, double? value, double least, double most, string unit = "")
    {
        // The first comparison is false for what is no number.
        if (value is { } given && !(given >= least && given <= most))
            Add(key, string.Create(CultureInfo.InvariantCulture, $"is {given:0.###}{unit}; it must be from {least}{unit} to {most}{unit}."));
    }

    private void Add(string key, string text) => _problems.Add(new CatalogProblem(key, text));
}
