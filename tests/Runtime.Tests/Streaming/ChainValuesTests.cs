using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Streaming;

public sealed class ChainValuesTests
{
    [Fact]
    public void Of_KeyTwice_TheLastValueCountsAtTheFirstPlace() =>
        Assert.Equal([new("a", 3), new("b", 2)], ChainValues.Of(("a", 1), ("b", 2), ("a", 3)).ToArray());

    [Fact]
    public void Indexer_KeyMissing_NamesTheKeysThereAre() =>
        Assert.Equal("There is no value 'x'; there are: a, b.", Assert.Throws<KeyNotFoundException>(() => ChainValues.Of(("a", 1), ("b", 2))["x"]).Message);

    [Fact]
    public void Equals_SameValuesInAnotherOrder_IsTrueAndHashesTheSame()
    {
        var (one, other) = (ChainValues.Of(("a", 1), ("bb", 2)), ChainValues.Of(("bb", 2), ("a", 1)));
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, ChainValues.Of(("a", 1), ("bb", 3)));
        Assert.NotEqual(one, ChainValues.Of("a", 1));
    }

    [Fact]
    public void Operations_LeaveTheOperandsAsTheyWere()
    {
        var values = ChainValues.Of("a", "1");
        Assert.Equal(ChainValues.Of("a", "12"), values.Add(ChainValues.Of("a", "2")));
        Assert.Equal(ChainValues.Of("a", "2"), values.With(ChainValues.Of("a", "2")));
        Assert.Equal(ChainValues.Of(("a", "1"), ("b", null)), values.With("b", null));
        Assert.Equal(ChainValues.Of("a", "1"), values);
    }
}
