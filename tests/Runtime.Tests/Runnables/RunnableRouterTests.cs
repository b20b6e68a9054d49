using System.Text.Json;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableRouterTests
{
    private static readonly Runnable<RouterInput<string>, string> Router = Runnable.Router(new Dictionary<string, Runnable<string, string>>
    {
        ["up"] = Runnable.Lambda<string, string>("upper", text => text.ToUpperInvariant()),
        ["split"] = Runnable.Generator<string, string>("split", (text, _) => text.Select(letter => $"{letter}").ToAsyncEnumerable()),
    });

    [Fact]
    public async Task Run_KeyKnown_RunsTheRouteInItsPlace()
    {
        var observer = new RecordingObserver();

        Assert.Equal("AB", await Router.InvokeAsync(new("up", "ab"), TestRun.Context(observer)));
        Assert.Equal(["a", "b"], await Router.StreamAsync(new("split", "ab"), TestRun.Token).ToListAsync(TestRun.Token));
        Assert.Null(Assert.Single(observer.Runs).Parent);
    }

    [Fact]
    public async Task Run_KeyUnknown_NamesItAndTheKnownOnes()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await Router.InvokeAsync(new("down", "x"), TestRun.Token));
        Assert.Equal("There is no route 'down'; there are: up, split.", error.Message);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Router.StreamAsync(new("down", "x"), TestRun.Token).CountAsync(TestRun.Token));
    }

    [Fact]
    public void Shapes_Input_ReadsKeyAndInput()
    {
        var shape = Router.GetInputShape(RunConfig.Empty);
        Assert.Equal(new RouterInput<string>("up", "x"), shape.Read(JsonSerializer.SerializeToElement(new { key = "up", input = "x" })));
        Assert.Equal("RouterInput", (string?)shape.ToSchema()["title"]);
    }

    [Fact]
    public async Task Route_LeadsBackToItself_EndsAtTheRecursionLimit()
    {
        var calls = 0;
        Runnable<int, int>? route = null;
        route = Runnable.Route<int, int>("again", (_, _) =>
        {
            calls++;
            return route!;
        });
        var config = new RunConfig { RecursionLimit = 7 };

        var error = await Assert.ThrowsAsync<RecursionLimitException>(async () => await route.InvokeAsync(1, TestRun.Context(config: config)));
        Assert.Contains("'again' nests deeper than 7 levels", error.Message, StringComparison.Ordinal);
        Assert.Equal(7, calls);

        await Assert.ThrowsAsync<RecursionLimitException>(async () => await route.StreamAsync(1, TestRun.Token).CountAsync(TestRun.Token));
        Assert.Equal(7 + RunConfig.DefaultRecursionLimit, calls);
    }

    [Fact]
    public async Task Route_Chooses_RunsTheChoiceBelowItsOwnRun()
    {
        var route = Runnable.Route<int, string>("choose", (number, _) => Runnable.Lambda<int, string>($"lambda{number}", chosen => $"{chosen}"));
        var observer = new RecordingObserver();

        Assert.Equal("3", await route.InvokeAsync(3, TestRun.Context(observer)));
        Assert.Equal("choose", observer.Run("lambda3").Parent!.Name);
    }
}
