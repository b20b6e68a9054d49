using System.Net;
using System.Net.Http.Json;
using Serving.Simulator.Faults;

namespace Serving.Simulator.Tests.Faults;

public sealed class FaultBookTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("times=2", "XX......")]
    [InlineData("every=3", "..X..X..")]
    [InlineData("every=3~times=1", "..X.....")]
    [InlineData("share=0", "........")]
    [InlineData("share=1", "XXXXXXXX")]
    public void Turns_OfAName_AreAsItSays(string keys, string expected)
    {
        Assert.Equal(expected, Turns(new FaultBook(seed: 1), "sim~503~" + keys, expected.Length));
    }

    [Fact]
    public void Names_ThatDiffer_AreCountedApart()
    {
        var book = new FaultBook(seed: 1);

        Assert.Equal("X..", Turns(book, "sim~503~times=1~id=a", 3));
        Assert.Equal("X..", Turns(book, "sim~503~times=1~id=b", 3));
    }

    [Fact]
    public void Share_OfTheSameSeed_HitsTheSameRequests()
    {
        const string name = "sim~503~share=0.05";
        var first = Turns(new FaultBook(seed: 7), name, 2000);

        Assert.Equal(first, Turns(new FaultBook(seed: 7), name, 2000));
        Assert.NotEqual(first, Turns(new FaultBook(seed: 8), name, 2000));
        Assert.InRange(first.Count(turn => turn == 'X'), 60, 140);
    }

    [Fact]
    public async Task Share_UnderConcurrency_HitsAsManyAsOneByOne()
    {
        const string name = "sim~503~share=0.3";
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { Seed = 5 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => RawConnection.AnswerAsync(simulator, TestWire.OpenAi, name, stream: false)));

        Assert.Equal(Turns(new FaultBook(seed: 5), name, 60).Count(turn => turn == 'X'), answers.Count(answer => answer.Status == 503));
    }

    [Fact]
    public async Task Answers_OfTheSameSeed_AreTheSame()
    {
        var options = new SimulatorOptions { Seed = 3, TimeProvider = new ManualTimeProvider() };
        await using var one = await TestSimulator.StartAsync(options);
        await using var other = await TestSimulator.StartAsync(options);

        Assert.Equal(
            (await RawConnection.AnswerAsync(one, TestWire.OpenAi, "sim", stream: true)).Body,
            (await RawConnection.AnswerAsync(other, TestWire.OpenAi, "sim", stream: true)).Body);
    }

    [Fact]
    public async Task Rules_AddedAndCleared_HoldInBetween()
    {
        await using var simulator = await TestSimulator.StartAsync();
        simulator.Faults.Add("sim", "503~times=1");
        simulator.Faults.Add(FaultBook.AnyModel, "429~times=2~retry-after=9");

        List<int> statuses = [];
        foreach (var model in (string[])["sim", "other", "sim", "sim"])
            statuses.Add((await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, model, stream: false)).Status);
        simulator.Faults.Add(FaultBook.AnyModel, "500");
        simulator.Faults.Clear();
        statuses.Add((await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim", stream: false)).Status);

        Assert.Equal([503, 429, 429, 200, 200], statuses);
    }

    [Fact]
    public async Task Rule_ForAfterATool_PassesOverRequestsWithout()
    {
        await using var simulator = await TestSimulator.StartAsync();
        simulator.Faults.Add(FaultBook.AnyModel, "reset~at=tool~times=1");

        var without = await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim", stream: true);
        var with = await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim", stream: true, tools: true);

        Assert.Equal((false, true), (without.IsReset, with.IsReset));
    }

    [Fact]
    public async Task Rule_OnANameThatAsksForMore_LeavesTheRest()
    {
        await using var simulator = await TestSimulator.StartAsync();
        simulator.Faults.Add(FaultBook.AnyModel, "done-twice");

        var answer = await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim~503~tokens=2", stream: true);

        Assert.Equal((2, 2), (answer.Chunks.Count(chunk => chunk.Contains("[DONE]", StringComparison.Ordinal)), answer.Chunks.Count(chunk => chunk.Contains("\"content\":\"t0\"", StringComparison.Ordinal) || chunk.Contains("\"content\":\" t", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Rules_OverHttp_AreTheSameRules()
    {
        await using var simulator = await TestSimulator.StartAsync();
        using var http = new HttpClient { BaseAddress = simulator.BaseAddress };
        var rule = new Dictionary<string, object> { ["model"] = "sim", ["fault"] = "429", ["times"] = 1, ["retry-after"] = 2.5 };

        using var added = await http.PostAsJsonAsync("admin/faults", rule, CancellationToken);
        using var wrong = await http.PostAsJsonAsync("admin/faults", new { model = "sim", fault = "nope" }, CancellationToken);
        using var shapeless = await http.PostAsJsonAsync("admin/faults", new[] { 1 }, CancellationToken);
        var answer = await RawConnection.AnswerAsync(simulator, TestWire.OpenAi, "sim", stream: false);
        var listed = await http.GetStringAsync("admin/faults", CancellationToken);
        using var deleted = await http.DeleteAsync("admin/faults", CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (added.StatusCode, wrong.StatusCode, shapeless.StatusCode));
        Assert.Contains("done-missing", await wrong.Content.ReadAsStringAsync(CancellationToken), StringComparison.Ordinal);
        Assert.Equal((429, "2.5"), (answer.Status, answer.Header("Retry-After")));
        Assert.Contains("429~times=1~retry-after=2.5", listed, StringComparison.Ordinal);
        Assert.Empty(simulator.Faults.Rules);
    }

    private static string Turns(FaultBook book, string model, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => book.Next(model, _ => false).Fault is null ? '.' : 'X'));
}
