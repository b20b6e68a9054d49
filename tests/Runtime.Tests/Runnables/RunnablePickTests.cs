using System.Text.Json;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnablePickTests
{
    [Fact]
    public async Task Stream_OneKey_PassesItsPiecesThrough()
    {
        var input = new[] { ChainValues.Of("a", "1"), ChainValues.Of("b", "x"), ChainValues.Of("a", "2") };

        Assert.Equal(["1", "2"], await Runnable.Pick<string>("a").TransformAsync(input.ToAsyncEnumerable(), TestRun.Context()).ToListAsync(TestRun.Token));
        Assert.Equal(
            [ChainValues.Of("a", "1"), ChainValues.Of("a", "2")],
            await Runnable.Pick("a", "z").TransformAsync(input.ToAsyncEnumerable(), TestRun.Context()).ToListAsync(TestRun.Token));
    }

    [Fact]
    public async Task Run_KeyMissing_FailsTheSameInvokedAndStreamed()
    {
        var pick = Runnable.Pick<string>("a");
        var input = ChainValues.Of("b", 1);

        var invoked = await Assert.ThrowsAsync<KeyNotFoundException>(async () => await pick.InvokeAsync(input, TestRun.Token));
        var streamed = await Assert.ThrowsAsync<KeyNotFoundException>(async () => await pick.StreamAsync(input, TestRun.Token).FoldAsync(TestRun.Token));

        Assert.Equal("There is no value 'a'; there are: b.", invoked.Message);
        Assert.Equal(invoked.Message, streamed.Message);
    }

    [Fact]
    public async Task Invoke_ValueAsReadFromJson_BecomesWhatIsPicked()
    {
        var input = ChainValues.Of(("n", 5L), ("list", JsonSerializer.SerializeToElement(new[] { "x" })), ("none", null));

        Assert.Equal(5, await Runnable.Pick<int>("n").InvokeAsync(input, TestRun.Token));
        Assert.Equal(["x"], await Runnable.Pick<IReadOnlyList<string>>("list").InvokeAsync(input, TestRun.Token));
        Assert.Null(await Runnable.Pick<string?>("none").InvokeAsync(input, TestRun.Token));
        var error = await Assert.ThrowsAsync<InvalidCastException>(async () => await Runnable.Pick<string>("n").InvokeAsync(input, TestRun.Token));
        Assert.Equal("Value 'n' is Int64, but String is picked.", error.Message);
    }
}
