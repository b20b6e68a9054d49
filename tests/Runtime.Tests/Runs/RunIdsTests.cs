using System.Collections.Concurrent;
using Serving.Runtime.Runs;
using Xunit;

namespace Serving.Runtime.Tests.Runs;

public class RunIdsTests
{
    [Fact]
    public void New_FromManyThreads_AreRandomAndDistinct()
    {
        const int Count = 20_000;
        var ids = new ConcurrentBag<Guid>();

        Parallel.For(0, Count, _ => ids.Add(RunIds.New()));

        Assert.Equal(Count, ids.Distinct().Count());
        Assert.All(ids, id =>
        {
            Assert.Equal(4, id.Version);
            Assert.InRange(id.Variant, 8, 11);
        });
        // Every bit that is not fixed is set in about half of them: six standard deviations are 424.
        var bytes = ids.Select(id => id.ToByteArray(bigEndian: true)).ToArray();
        for (var bit = 0; bit < 128; bit++)
        {
            if (bit is >= 48 and < 52 or 64 or 65)
                continue;
            Assert.InRange(bytes.Count(id => (id[bit / 8] & (0x80 >> (bit % 8))) != 0), (Count / 2) - 424, (Count / 2) + 424);
        }
    }
}
