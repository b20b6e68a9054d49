using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Serving.Providers.Resilience;
using Serving.Runtime.Chat;

namespace Serving.Providers.Catalog;

/// <summary>The models of a host by the names that chains use for them; names are the same in upper and lower case. Thread-safe.</summary>
public sealed class ModelCatalog : IDisposable
{
    private readonly Dictionary<string, ModelEntry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ModelEntry> _others = new(StringComparer.Ordinal);
    private readonly ModelFactory? _factory;

    /// <summary>Makes a catalog of clients that are there already.</summary>
    /// <exception cref="ArgumentException">There is no entry, or a name occurs twice.</exception>
    public ModelCatalog(params IReadOnlyList<ModelEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0)
            throw new ArgumentException("A model catalog needs at least one model.", nameof(entries));
        foreach (var entry in entries)
            Add(entry);
    }

    private ModelCatalog(ModelCatalogOptions options, ResilienceServices services)
    {
        _factory = new ModelFactory(options, services);
        foreach (var (name, model) in options.Models)
            Add(_factory.Create(name, model));
    }

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How the models are doing that have been asked for or stand in for others, in the order of their names.</summary>
    public IReadOnlyList<ModelHealth> Health => _factory?.Health ?? [];

    /// <summary>Makes a catalog of providers and models. It owns their connections, limits and keys until it is disposed.</summary>
    /// <param name="options">The providers and models.</param>
    /// <param name="services">Clock, chance, accounting and log.</param>
    /// <exception cref="ArgumentException">Something is wrong with the options; the message tells all of it.</exception>
    public static ModelCatalog Create(ModelCatalogOptions options, ResilienceServices? services = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.Validate();
        return problems.Count == 0
            ? new ModelCatalog(options, services ?? new ResilienceServices())
            : throw new ArgumentException(string.Join(' ', problems), nameof(options));
    }

    /// <summary>A model as a step of a chain.</summary>
    /// <param name="name">A name of the catalog, or <c>provider:model</c> of one of its providers. What a name makes is kept, so it must not come from callers.</param>
    /// <exception cref="ArgumentException">There is no such model; the message names those there are.</exception>
    public ChatModel Chat(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var entry = _entries.TryGetValue(name, out var named) ? named
            : _factory is not null && name.Contains(':', StringComparison.Ordinal) ? _others.GetOrAdd(name, _factory.Create)
            : throw new ArgumentException($"There is no model '{name}' in the catalog; there are: {string.Join(", ", Names)}.", nameof(name));
        return new ChatModel(entry.Client, "ChatModel", entry.Options);
    }

    /// <summary>
    /// Embeddings of a model, by the first deployment of its provider. Each call is made once, within the provider's
    /// <see cref="ResilienceOptions.AttemptTimeout"/>, and is not counted by its limit.
    /// </summary>
    /// <param name="name"><c>provider:model</c>, or a name of the catalog that stands for one.</param>
    /// <exception cref="ArgumentException">There is no such model, or its provider has no embeddings.</exception>
    public IEmbeddingGenerator<string, Embedding<float>> Embeddings(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _factory?.Embeddings(name) ?? throw new ArgumentException("A catalog of clients has no embeddings. Make one of providers.", nameof(name));
    }

    /// <summary>
    /// Reaches out to each provider that a model here is of, once for each address, so that the first call finds a connection. Nothing is asked of a model and no key is sent.
    /// A provider that cannot be reached is no error. Clients that were there already are left alone.
    /// </summary>
    /// <param name="cancellationToken">Ends the attempts; those that have not succeeded then are told as problems.</param>
    public Task<IReadOnlyList<ProviderContact>> ConnectAsync(CancellationToken cancellationToken = default) =>
        _factory?.ConnectAsync(cancellationToken) ?? Task.FromResult<IReadOnlyList<ProviderContact>>([]);

    /// <summary>Closes the connections of the providers. Clients that were there already are left alone.</summary>
    public void Dispose() => _factory?.Dispose();

    private void Add(ModelEntry entry)
    {
        if (!_entries.TryAdd(entry.Name, entry))
            throw new ArgumentException($"There are two models named '{entry.Name}' in the catalog. Give one of them another name.", nameof(entry));
    }
}
