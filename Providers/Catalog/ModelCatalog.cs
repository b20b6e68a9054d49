using Serving.Runtime.Chat;

namespace Serving.Providers.Catalog;

/// <summary>The models of a host by the names that chains use for them. Immutable and thread-safe.</summary>
public sealed class ModelCatalog
{
    private readonly Dictionary<string, ModelEntry> _entries;

    /// <summary>Makes a catalog.</summary>
    /// <exception cref="ArgumentException">There is no entry, or a name occurs twice.</exception>
    public ModelCatalog(params IReadOnlyList<ModelEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0)
            throw new ArgumentException("A model catalog needs at least one model.", nameof(entries));
        _entries = new(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!_entries.TryAdd(entry.Name, entry))
                throw new ArgumentException($"There are two models named '{entry.Name}' in the catalog. Give one of them another name.", nameof(entries));
        }
    }

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A model as a step of a chain.</summary>
    /// <exception cref="ArgumentException">There is no such model; the message names those there are.</exception>
    public ChatModel Chat(string name) => _entries.TryGetValue(name, out var entry)
        ? new ChatModel(entry.Client, "ChatModel", entry.Options)
        : throw new ArgumentException($"There is no model '{name}' in the catalog; there are: {string.Join(", ", Names)}.", nameof(name));
}
