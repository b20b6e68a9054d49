using Serving.Simulator.Faults;

namespace Serving.Simulator.Tests.Faults;

public sealed class BehaviourTextTests
{
    [Theory]
    [InlineData("sim~nope", "There is no fault 'nope'.")]
    [InlineData("sim~503~times=x", "'times' is a whole number from 0")]
    [InlineData("sim~503~share=2", "'share' is a number from 0 to 1")]
    [InlineData("sim~503~at=text", "'at' means nothing for fault '503'.")]
    [InlineData("sim~reset~retry-after=1", "'retry-after' means nothing for fault 'reset'.")]
    [InlineData("sim~times=1", "'times' means nothing without a fault.")]
    [InlineData("sim~stall~at=end", "'at' is start, text or tool, not 'end'.")]
    [InlineData("sim~503~429", "'fault' is given twice.")]
    [InlineData("sim~error~status=200", "There is no error of status 200.")]
    [InlineData("sim~", "There is no fault ''.")]
    public async Task Name_ThatAsksForWhatThereIsNot_IsA400ThatListsWhatThereIs(string model, string says)
    {
        await using var simulator = await TestSimulator.StartAsync();

        var answer = await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, model, stream: true);

        var message = answer.Json.GetProperty("error").GetProperty("message").GetString();
        Assert.Equal(400, answer.Status);
        Assert.StartsWith(says, message, StringComparison.Ordinal);
        Assert.All(FaultTable.All.Keys, name => Assert.Contains($" {name}", message, StringComparison.Ordinal));
        await simulator.SettledAsync();
        Assert.Equal(1, simulator.Ledger.Of(model).Ended("rejected"));
    }

    [Fact]
    public async Task Name_ForAfterATool_NeedsTools()
    {
        await using var simulator = await TestSimulator.StartAsync();

        Assert.Equal(400, (await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim~reset~at=tool", stream: true)).Status);
    }

    [Fact]
    public void Readme_Table_HasEveryFault()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Serving.sln")))
            folder = folder.Parent!; // tests run from a clone
        var readme = File.ReadAllText(Path.Combine(folder.FullName, "loadtests", "Simulator", "README.md"));

        Assert.All(FaultTable.All.Keys, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
    }
}
