using System.Runtime.CompilerServices;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Streaming;

public sealed class StreamTeeTests
{
    [Fact]
    public async Task Read_AtDifferentPaces_GivesEachReaderEverythingAndReadsTheSourceOnce()
    {
        var read = 0;
        await using var tee = new StreamTee<int>(Enumerable.Range(0, 5).Select(number => number + (0 * ++read)).ToAsyncEnumerable(), TestRun.Token);
        var readers = tee.Open(2);

        Assert.Equal([0, 1, 2, 3, 4], await readers[0].ToListAsync(TestRun.Token));
        Assert.Equal([0, 1, 2, 3, 4], await readers[1].ToListAsync(TestRun.Token));
        Assert.Equal(5, read);
    }

    [Fact]
    public async Task Read_SourceFails_EveryReaderLearnsOfItWhenItGetsThere()
    {
        async IAsyncEnumerable<int> Source()
        {
            yield return 1;
            await Task.Yield();
            throw new InvalidDataException("source");
        }

        await using var tee = new StreamTee<int>(Source(), TestRun.Token);
        foreach (var reader in tee.Open(2))
        {
            await using var pieces = reader.GetAsyncEnumerator(TestRun.Token);
            Assert.True(await pieces.MoveNextAsync());
            await Assert.ThrowsAsync<InvalidDataException>(async () => await pieces.MoveNextAsync());
        }
    }

    [Fact]
    public async Task Read_EveryReaderHasHadAPiece_ItIsNotKept()
    {
        var made = new List<WeakReference>();
        await using var tee = new StreamTee<object>(Source(made), TestRun.Token);
        var readers = tee.Open(2).Select(reader => reader.GetAsyncEnumerator(TestRun.Token)).ToList();
        for (var i = 0; i < 20; i++)
        {
            foreach (var reader in readers)
                await reader.MoveNextAsync();
        }

        GC.Collect();
        Assert.InRange(made.Count(piece => piece.IsAlive), 0, 5);
        GC.KeepAlive(readers);
    }

    private static async IAsyncEnumerable<object> Source(List<WeakReference> made)
    {
        while (true)
        {
            await Task.Yield();
            yield return Make(made);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Make(List<WeakReference> made)
    {
        var piece = new object();
        made.Add(new WeakReference(piece));
        return piece;
    }
}
