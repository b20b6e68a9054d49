using Microsoft.Extensions.AI;

namespace Serving.Runtime.Models;

/// <summary>Chance that depends on the messages alone: the same messages always give the same throws.</summary>
internal sealed class OfflineDice
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    private ulong _state;

    public OfflineDice(IEnumerable<ChatMessage> messages)
    {
        var hash = Offset;
        foreach (var message in messages)
        {
            Mix(ref hash, message.Role.Value);
            Mix(ref hash, OfflineText.Of(message));
        }

        _state = hash;
        Fingerprint = ((uint)(hash ^ (hash >> 32))).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Eight hexadecimal digits that stand for the messages.</summary>
    public string Fingerprint { get; }

    /// <summary>A number from 0 up to but not including the limit.</summary>
    public int Next(int limit)
    {
        // SplitMix64: each step is one addition and a scrambling of the sum.
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)limit);
    }

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    private static void Mix(ref ulong hash, string text)
    {
        foreach (var character in text)
            hash = (hash ^ character) * Prime;

        // A mark between texts, so that moving a border between two of them shows.
        hash = (hash ^ 0x1F) * Prime;
    }
}
