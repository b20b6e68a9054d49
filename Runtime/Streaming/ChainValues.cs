using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Serving.Runtime.Streaming;

/// <summary>
/// Named values in the order they were set: the input of a prompt, the output of a map. Immutable. Two of them add up key by key:
/// values of a key on both sides are added as pieces of a stream are (<see cref="StreamFold{T}"/>).
/// </summary>
public sealed class ChainValues : IReadOnlyDictionary<string, object?>, IAddable<ChainValues>, IEquatable<ChainValues>
{
    private readonly KeyValuePair<string, object?>[] _items;

    private ChainValues(KeyValuePair<string, object?>[] items) => _items = items;

    /// <summary>No values.</summary>
    public static ChainValues Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _items.Select(item => item.Key);

    /// <inheritdoc/>
    public IEnumerable<object?> Values => _items.Select(item => item.Value);

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key; the message names those there are.</exception>
    public object? this[string key] => TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"There is no value '{key}'; there are: {string.Join(", ", Keys)}.");

    /// <summary>Makes values of one key.</summary>
    public static ChainValues Of(string key, object? value) => new([new(key, value)]);

    /// <summary>Makes values of pairs; of a repeated key the last value counts, at the first one's place.</summary>
    public static ChainValues Of(params (string Key, object? Value)[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return From(items.Select(item => KeyValuePair.Create(item.Key, item.Value)));
    }

    /// <summary>Makes values of pairs; of a repeated key the last value counts, at the first one's place.</summary>
    public static ChainValues From(IEnumerable<KeyValuePair<string, object?>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var list = new List<KeyValuePair<string, object?>>();
        foreach (var item in items)
            Set(list, item);
        return list.Count == 0 ? Empty : new ChainValues([.. list]);
    }

    /// <summary>Makes values of pairs of which no two have one key.</summary>
    internal static ChainValues FromDistinct(List<KeyValuePair<string, object?>> items) => items.Count == 0 ? Empty : new ChainValues([.. items]);

    /// <summary>These values with one more, or one replaced.</summary>
    public ChainValues With(string key, object? value)
    {
        var list = new List<KeyValuePair<string, object?>>(_items.Length + 1);
        list.AddRange(_items);
        Set(list, new(key, value));
        return new ChainValues([.. list]);
    }

    /// <summary>These values with others laid over them.</summary>
    public ChainValues With(ChainValues others)
    {
        ArgumentNullException.ThrowIfNull(others);
        if (others.Count == 0)
            return this;
        if (Count == 0)
            return others;
        var list = new List<KeyValuePair<string, object?>>(_items.Length + others.Count);
        list.AddRange(_items);
        foreach (var item in others._items)
            Set(list, item);
        return new ChainValues([.. list]);
    }

    /// <inheritdoc/>
    public ChainValues Add(ChainValues next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var list = new List<KeyValuePair<string, object?>>(_items.Length + next.Count);
        list.AddRange(_items);
        foreach (var (key, value) in next._items)
        {
            var index = list.FindIndex(item => item.Key == key);
            if (index < 0)
                list.Add(new(key, value));
            else
                list[index] = new(key, Pieces.Add(list[index].Value, value));
        }

        return new ChainValues([.. list]);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        foreach (var item in _items)
        {
            if (item.Key == key)
            {
                value = item.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Walks the pairs in order without allocating.</summary>
    public ReadOnlySpan<KeyValuePair<string, object?>> AsSpan() => _items;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether both hold equal values under the same keys, in any order.</summary>
    public bool Equals(ChainValues? other)
    {
        if (other is null || other.Count != Count)
            return false;
        foreach (var (key, value) in _items)
        {
            if (!other.TryGetValue(key, out var theirs) || !Equals(value, theirs))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ChainValues);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Sum(item => item.Key.Length) + Count;

    private static void Set(List<KeyValuePair<string, object?>> list, KeyValuePair<string, object?> item)
    {
        // No predicate: it would be made anew for each item of each request.
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index].Key == item.Key)
            {
                list[index] = item;
                return;
            }
        }

        list.Add(item);
    }
}
