using System.Diagnostics;
using Serving.LoadTests.Compare;

namespace Serving.LoadTests.Tests.Compare;

public sealed class ProcessTreeTests
{
    [Fact]
    public void Parent_NameWithParenthesesAndSpaces_IsTheFieldBehindTheState() => Assert.Equal(7, ProcessTree.Parent("42 (a) b (c) R 7 42 42 0 -1"));

    [Fact]
    public void Members_Descendants_AreAllThere()
    {
        var parents = new Dictionary<int, int> { [2] = 1, [3] = 2, [4] = 2, [5] = 4, [6] = 1, [7] = 9 };
        Assert.Equal([2, 3, 4, 5], ProcessTree.Members(2, parents));
    }

    [Fact]
    public void Members_NoDescendants_IsTheProcess() => Assert.Equal([7], ProcessTree.Members(7, new Dictionary<int, int> { [2] = 1 }));

    [Fact]
    public void Read_ChildBurnsCpu_IsCountedWithItsParent()
    {
        // The shell waits for its child, which counts until it is ended.
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "/bin/sh -c 'while :; do :; done'; true"]) { UseShellExecute = false })!;
        try
        {
            Assert.True(SpinWait.SpinUntil(() => ProcessTree.Read(shell.Id).CpuSeconds > 0.02, TimeSpan.FromMinutes(1)));
            Assert.True(ProcessTree.Read(shell.Id).Resident > 0);
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void Read_NoSuchProcess_IsNothing() => Assert.Equal(0, ProcessTree.Read(int.MaxValue).Resident);
}
