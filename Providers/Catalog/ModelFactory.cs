using Microsoft.Extensions.AI;
using Serving.Providers.Resilience;

namespace Serving.Providers.Catalog;

/// <summary>Makes the models of a catalog, each once. Thread-safe.</summary>
internal sealed class ModelFactory(ModelCatalogOptions options, ResilienceServices services) : IDisposable
{
    private readonly ModelNames _names = new(options);
    private readonly Lock _making = new();
    private readonly Dictionary<string, Provider> _providers = new(StringComparer.Ordinal);
    private readonly Dictionary<(ModelName Name, ResilienceOptions Options, ChatOptions? Defaults), ResilientModel> _models = [];

    /// <summary>How each model is doing; of one that several names call in several ways, the worst.</summary>
    public IReadOnlyList<ModelHealth> Health
    {
        get
        {
            List<ResilientModel> models;
            lock (_making)
                models = [.. _models.Values];
            return [.. models.Select(model => model.Health)
                .GroupBy(health => health.Name)
                .Select(group => group.MaxBy(health => health.Breaker)!) // a group has one
                .OrderBy(health => health.Name.ToString(), StringComparer.Ordinal)];
        }
    }

    /// <summary>The model of an entry of the options, which have been checked.</summary>
    public ModelEntry Create(string name, ModelOptions model)
    {
        var primary = Resolve(model.Model, name);
        var targets = model.Fallbacks.Select(fallback => Resolve(fallback, name)).Prepend(primary with { Resilience = model.Resilience ?? primary.Resilience });
        return new ModelEntry(name, new ResilientChatClient([.. targets.DistinctBy(target => target.Name).Select(Model)])) { Options = model.Settings };
    }

    /// <summary>A model that no entry names.</summary>
    /// <exception cref="ArgumentException">The name is none, or its provider cannot be called.</exception>
    public ModelEntry Create(string name) => new(name, new ResilientChatClient(Model(Usable(name))));

    /// <exception cref="ArgumentException">The name is none, or its provider cannot be called or has no embeddings.</exception>
    public IEmbeddingGenerator<string, Embedding<float>> Embeddings(string name)
    {
        var target = Usable(name);
        lock (_making)
            return ProviderOf(target).Embeddings(target.Name.Model);
    }

    public async Task<IReadOnlyList<ProviderContact>> ConnectAsync(CancellationToken cancellationToken)
    {
        List<Provider> providers;
        lock (_making)
            providers = [.. _providers.Values];
        return await Task.WhenAll(providers.SelectMany(provider => provider.ConnectAsync(cancellationToken))).ConfigureAwait(false);
    }

    public void Dispose()
    {
        lock (_making)
        {
            foreach (var provider in _providers.Values)
                provider.Dispose();
        }
    }

    private ModelTarget Usable(string name)
    {
        var target = Resolve(name, null);
        return ProviderNeeds.Of(target.Name.Provider, target.Provider).FirstOrDefault() is { } missing
            ? throw new ArgumentException($"The model '{name}' cannot be called. {missing}", nameof(name))
            : target;
    }

    private ModelTarget Resolve(string reference, string? owner) => _names.TryResolve(reference, owner, out var target, out var problem)
        ? target
        : throw new ArgumentException($"There is no model '{reference}' in the catalog: {problem}", nameof(reference));

    private ResilientModel Model(ModelTarget target)
    {
        lock (_making)
        {
            var key = (target.Name, target.Resilience, target.Defaults);
            if (_models.TryGetValue(key, out var model))
                return model;
            var provider = ProviderOf(target);
            model = new ResilientModel(target.Name, provider.Deployments(target.Name.Model), target.Resilience, provider.Limit, services) { Defaults = target.Defaults };
            // Each model tells the metrics of itself alone; together they are the one that is looked at.
            services.Metrics?.Of(target.Name, () => Health.First(health => health.Name == target.Name));
            return _models[key] = model;
        }
    }

    private Provider ProviderOf(ModelTarget target)
    {
        if (!_providers.TryGetValue(target.Name.Provider, out var provider))
            _providers[target.Name.Provider] = provider = new Provider(target.Name.Provider, target.Provider, services);
        return provider;
    }
}
