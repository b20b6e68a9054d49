using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Streaming;

public sealed class StreamFoldTests
{
    [Fact]
    public void Value_Texts_Concatenate() => Assert.Equal("abc", Fold("a", "b", "c"));

    [Fact]
    public void Value_AskedInBetween_GoesOnAddingUp()
    {
        var fold = new StreamFold<string>();
        foreach (var piece in new[] { "a", "b", "c" })
        {
            fold.Add(piece);
            Assert.EndsWith(piece, fold.Value, StringComparison.Ordinal);
        }

        Assert.Equal("abc", fold.Value);
        Assert.Equal(3, fold.Count);
    }

    [Fact]
    public void Value_Numbers_TheLastCounts() => Assert.Equal(3, Fold(1, 2, 3));

    [Fact]
    public void Value_MixedObjects_WhatDoesNotAddUpIsReplaced()
    {
        Assert.Equal("bc", Fold<object?>(1, "b", "c"));
        Assert.Null(Fold<object?>("a", "b", null));
        Assert.Equal(2, Fold<object?>("a", "b", 2));
        Assert.Equal("c", Fold<object?>(new AssistantMessage("a"), new AssistantMessage("b"), "c"));
    }

    [Fact]
    public void Value_ListsOfAnyItems_Append()
    {
        Assert.Equal(["a", "b"], Fold<IReadOnlyList<string>>(["a"], ["b"]));
        Assert.Equal([1, 2, 3], Fold<IReadOnlyList<int>>([1], [2, 3]));
        Assert.Equal([1, 2, 3], Fold<List<int>>([1], [2, 3]));
        Assert.Equal([1, 2], Fold<int[]>([1], [2])!.AsEnumerable());
        Assert.Equal(["a", "b"], Fold<IReadOnlyList<ChatMessage>>([new(ChatRole.User, "a")], [new(ChatRole.User, "b")])!.Select(message => message.Text));
        Assert.Equal(["a", "b"], Fold<IReadOnlyList<object>>(["a"], new string[] { "b" }));
    }

    [Fact]
    public void Value_NamedValues_AddKeyByKey()
    {
        var sum = Fold(ChainValues.Of("a", "1"), ChainValues.Of("b", 1), ChainValues.Of(("a", "2"), ("b", 2)), ChainValues.Of("c", ChainValues.Of("x", "y")));
        Assert.Equal(ChainValues.Of(("a", "12"), ("b", 2), ("c", ChainValues.Of("x", "y"))), sum);
    }

    [Fact]
    public void Value_NothingCame_IsTheDefault() => Assert.Equal((0, null), (new StreamFold<string>().Count, new StreamFold<string>().Value));

    private static T? Fold<T>(params T[] pieces)
    {
        var fold = new StreamFold<T>();
        foreach (var piece in pieces)
            fold.Add(piece);
        return fold.Value;
    }
}
