using System.Collections;

namespace Serving.Runtime.Streaming;

/// <summary>How two pieces of one value add up: the rule behind <see cref="StreamFold{T}"/>, for values whose type is known at run time only.</summary>
public static class Pieces
{
    /// <summary>
    /// Strings concatenate, addable values (messages, named values) add, lists of one kind append; anything else, null included, is replaced by what comes later.
    /// </summary>
    public static object? Add(object? first, object? next) => TryAdd(first, next, out var sum) ? sum : next;

    /// <summary>Adds two pieces; false if they do not add up.</summary>
    public static bool TryAdd(object? first, object? next, out object? sum)
    {
        sum = (first, next) switch
        {
            (string a, string b) => string.Concat(a, b),
            (IAddable a, IAddable b) when a.GetType() == b.GetType() => a.AddPiece(b),
            (IEnumerable a, IEnumerable b) => Append(a, b),
            _ => null,
        };
        return sum is not null;
    }

    /// <summary>Both lists as one that can stand where each of them could; null if they are no lists or their items have nothing in common.</summary>
    private static IList? Append(IEnumerable first, IEnumerable next)
    {
        if (ElementType(first.GetType()) is not { } ours || ElementType(next.GetType()) is not { } theirs)
            return null;
        var element = ours.IsAssignableFrom(theirs) ? ours : theirs.IsAssignableFrom(ours) ? theirs : null;
        if (element is null)
            return null;
        var list = typeof(List<>).MakeGenericType(element);
        var sum = (IList)Activator.CreateInstance(list)!; // a list has a constructor without parameters
        foreach (var item in first)
            sum.Add(item);
        foreach (var item in next)
            sum.Add(item);
        if (first.GetType() == list && next.GetType() == list)
            return sum;
        var array = Array.CreateInstance(element, sum.Count);
        sum.CopyTo(array, 0);
        return array;
    }

    private static Type? ElementType(Type list) => list.IsArray
        ? list.GetElementType()
        : list.GetInterfaces().FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))?.GetGenericArguments()[0];
}
