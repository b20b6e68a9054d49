using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableLawsTests
{
    private const int Seeds = 300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_AnyChain_FoldsToWhatInvokeGives(bool asynchronous)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new RandomChains(seed, asynchronous);
            var chain = random.Chain(3);
            var input = random.Text();
            var expected = await chain.InvokeAsync(input, TestRun.Token);

            await Holds("streamed", chain.StreamAsync(input, TestRun.Token));
            await Holds("streamed under an observer", chain.StreamAsync(input, TestRun.Context(new RecordingObserver())));
            await Holds("transformed", chain.TransformAsync(Pieces(input), TestRun.Context()));
            await Holds("transformed under an observer", chain.TransformAsync(Pieces(input), TestRun.Context(new RecordingObserver())));
            Check("invoked under an observer", await chain.InvokeAsync(input, TestRun.Context(new RecordingObserver())));

            async Task Holds(string how, IAsyncEnumerable<string> stream) => Check(how, (await stream.FoldAsync(TestRun.Token)).Value);

            void Check(string how, string? actual) =>
                Assert.True(expected == actual, $"Seed {seed}: '{input}' gives '{expected}' when invoked, '{actual}' when {how}.");
        }
    }

    [Fact]
    public async Task Pipe_AnyNesting_GivesTheSameAnswersPiecesAndEvents()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new RandomChains(seed, asynchronous: false);
            var (a, b, c, input) = (random.Step(2), random.Step(2), random.Step(2), random.Text());
            var left = await Watch(a.Pipe(b).Pipe(c), input);
            var right = await Watch(a.Pipe(b.Pipe(c)), input);
            Assert.True(left.SequenceEqual(right), $"Seed {seed}:\n{string.Join('\n', left)}\n\nbut\n\n{string.Join('\n', right)}");
        }
    }

    [Fact]
    public async Task Events_AnyChain_EveryRunStartsOnceUnderARunStillOpenAndEndsOnce()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new RandomChains(seed, asynchronous: true);
            var chain = random.Chain(3);
            var observer = new RecordingObserver();
            await chain.StreamAsync(random.Text(), TestRun.Context(observer)).FoldAsync(TestRun.Token);

            var open = new HashSet<Guid>();
            foreach (var item in observer.Events)
            {
                var good = item switch
                {
                    Runtime.Runs.RunStarted => (item.Run.Parent is null || open.Contains(item.Run.Parent.Id)) && open.Add(item.Run.Id),
                    Runtime.Runs.RunStreamed => open.Contains(item.Run.Id),
                    _ => open.Remove(item.Run.Id),
                };
                Assert.True(good, $"Seed {seed}: {item} is out of place in\n{string.Join('\n', observer.Lines)}");
            }

            Assert.True(open.Count == 0, $"Seed {seed}: runs did not end:\n{string.Join('\n', observer.Lines)}");
        }
    }

    private static async Task<List<string>> Watch(Runnable<string, string> chain, string input)
    {
        var invoked = new RecordingObserver();
        var streamed = new RecordingObserver();
        var answer = await chain.InvokeAsync(input, TestRun.Context(invoked));
        var pieces = await chain.StreamAsync(input, TestRun.Context(streamed)).ToListAsync(TestRun.Token);
        return [answer, .. pieces, .. invoked.Lines, .. streamed.Lines];
    }

    private static IAsyncEnumerable<string> Pieces(string text) => text.Chunk(2).Select(piece => new string(piece)).ToAsyncEnumerable();
}
