using System.Diagnostics.CodeAnalysis;

namespace Serving.Providers.Catalog;

/// <summary>Finds what names in the options stand for.</summary>
internal sealed class ModelNames(ModelCatalogOptions options)
{
    private readonly Dictionary<string, KeyValuePair<string, ProviderOptions>> _providers =
        options.Providers.DistinctBy(provider => provider.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(provider => provider.Key, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, ModelOptions> _models =
        options.Models.DistinctBy(model => model.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds a model that an entry names.</summary>
    /// <param name="reference"><c>provider:model</c>, or another entry that is one.</param>
    /// <param name="owner">The entry that names it; null if none does.</param>
    /// <param name="target">What it stands for.</param>
    /// <param name="problem">Why it stands for nothing, as the end of a sentence.</param>
    public bool TryResolve(string reference, string? owner, [NotNullWhen(true)] out ModelTarget? target, [NotNullWhen(false)] out string? problem)
    {
        target = null;
        problem = null;
        if (_models.TryGetValue(reference, out var other) && !string.Equals(reference, owner, StringComparison.OrdinalIgnoreCase))
        {
            if (!other.Model.Contains(':', StringComparison.Ordinal))
                problem = "that names another in its turn. Name the model as provider:model.";
            else if (TryResolve(other.Model, reference, out target, out problem))
                target = target with { Resilience = other.Resilience ?? target.Resilience, Defaults = other.Settings };
        }
        else if (!ModelName.TryParse(reference, out var name))
        {
            problem = "it must be provider:model, such as openai:gpt-5.4-mini, or the name of another model"
                + (_models.Count == 0 ? "." : $" ({string.Join(", ", _models.Keys.Order(StringComparer.Ordinal))}).");
        }
        else if (!_providers.TryGetValue(name.Provider, out var provider))
        {
            problem = $"there is no provider '{name.Provider}'; there are: {string.Join(", ", _providers.Keys.Order(StringComparer.Ordinal))}.";
        }
        else
        {
            target = new ModelTarget(name with { Provider = provider.Key }, provider.Value, provider.Value.Resilience, null);
        }

        return target is not null;
    }
}
