using System.Text.Json;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableEachTests
{
    [Fact]
    public async Task Invoke_ManyItems_KeepsOrderWithinTheBound()
    {
        var meter = new Meter();
        var each = Runnable.LambdaAsync<int, int>("twice", async (number, _) => 2 * await meter.PassAsync(number)).Each();

        var answers = await each.InvokeAsync([.. Enumerable.Range(0, 20)], TestRun.Context(config: new RunConfig { MaxConcurrency = 3 }));

        Assert.Equal(Enumerable.Range(0, 20).Select(number => 2 * number), answers);
        Assert.InRange(meter.Most, 1, 3);
        Assert.Equal("RunnableEach<twice>", each.Name);
    }

    [Fact]
    public void Shapes_Input_ReadsItemsAsTheStepTakesThem()
    {
        var shape = Runnable.Lambda<string, int>(text => text.Length).Each().GetInputShape(RunConfig.Empty);
        Assert.Equal(["a", "b"], Assert.IsAssignableFrom<IReadOnlyList<string>>(shape.Read(JsonSerializer.SerializeToElement(new[] { "a", "b" }))));
    }
}
