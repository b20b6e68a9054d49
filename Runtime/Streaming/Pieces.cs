using System.Collections;
using Serving.Runtime.Chat;

namespace Serving.Runtime.Streaming;

/// <summary>How two pieces of one value add up: the rule behind <see cref="StreamFold{T}"/>, for values whose type is known at run time only.</summary>
public static class Pieces
{
    /// <summary>
    /// Strings concatenate, messages and named values add, lists of one kind append; anything else, null included, is replaced by what comes later.
    /// </summary>
    public static object? Add(object? first, object? next) => TryAdd(first, next, out var sum) ? sum : next;

    /// <summary>Whether the two add up at all.</summary>
    public static bool TryAdd(object? first, object? next, out object? sum)
    {
        switch (first, next)
        {
            case (string a, string b):
                sum = string.Concat(a, b);
                return true;
            case (AssistantMessage a, AssistantMessage b):
                sum = a.Add(b);
                return true;
            case (ChainValues a, ChainValues b):
                sum = a.Add(b);
                return true;
            case (IReadOnlyList<string> a, IReadOnlyList<string> b):
                sum = (IReadOnlyList<string>)[.. a, .. b];
                return true;
            case (IReadOnlyList<object?> a, IReadOnlyList<object?> b):
                sum = (IReadOnlyList<object?>)[.. a, .. b];
                return true;
            default:
                sum = null;
                return false;
        }
    }
}
