using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Streaming;

public sealed class AddableTests
{
    [Fact]
    public void StreamFold_TypeOfAnAuthorsOwn_FoldsByItsAdd()
    {
        var fold = new StreamFold<Tally>();
        fold.Add(new Tally(2));
        fold.Add(new Tally(3));

        Assert.Equal(new Tally(5), fold.Value);
    }

    [Fact]
    public void ChainValues_TypeOfAnAuthorsOwn_FoldsUnderItsKey() =>
        Assert.Equal(new Tally(5), ChainValues.Of("n", new Tally(2)).Add(ChainValues.Of("n", new Tally(3)))["n"]);

    private sealed record Tally(int Count) : IAddable<Tally>
    {
        public Tally Add(Tally next) => new(Count + next.Count);
    }
}
