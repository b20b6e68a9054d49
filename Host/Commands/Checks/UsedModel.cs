using Serving.Providers.Catalog;
using Serving.Providers.Resilience;

namespace Serving.Host.Commands.Checks;

/// <summary>A model that chains may call.</summary>
/// <param name="Name">Its name at its provider.</param>
/// <param name="Provider">Its provider; null if there is none of that name.</param>
/// <param name="Resilience">What bounds its calls.</param>
internal sealed record UsedModel(ModelName Name, ProviderOptions? Provider, ResilienceOptions Resilience)
{
    /// <summary>Whether it is called over the network.</summary>
    public bool IsRemote => Provider is { Client: null };

    /// <summary>All that the options name, fallbacks too, each once. What cannot be read is left out.</summary>
    public static IReadOnlyList<UsedModel> Of(ModelCatalogOptions options) =>
        [.. options.Models.Values.SelectMany(model => model.Fallbacks.Select(name => (Name: name, Own: (ResilienceOptions?)null)).Prepend((Name: model.Model, Own: model.Resilience)))
            .Select(reference => options.Models.GetValueOrDefault(reference.Name) is { } other ? (Name: other.Model, Own: reference.Own ?? other.Resilience) : reference)
            .Where(reference => ModelName.TryParse(reference.Name, out _))
            .Select(reference =>
            {
                _ = ModelName.TryParse(reference.Name, out var name);
                var provider = options.Providers.GetValueOrDefault(name.Provider);
                return new UsedModel(name, provider, reference.Own ?? provider?.Resilience ?? new ResilienceOptions());
            })
            .Distinct()];
}
