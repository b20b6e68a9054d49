using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Configurable;

public sealed class ConfigurableTests
{
    private static readonly ConfigurableField Ending = new("ending") { Name = "Ending", Default = "!" };

    private static readonly Runnable<string, string> Field = Adding("!").ConfigurableField(Ending, value => Adding($"{value}"));

    private static readonly Runnable<string, string> Alternatives = Adding("1").ConfigurableAlternatives(
        new ConfigurableField("llm") { Name = "The LLM" },
        "standard",
        ("other", Adding("2")),
        ("configured", Field));

    [Theory]
    [InlineData(null, "x!")]
    [InlineData("?", "x?")]
    public async Task Field_Value_DecidesWhatRuns(string? value, string expected)
    {
        var observer = new RecordingObserver();

        Assert.Equal(expected, await Field.InvokeAsync("x", TestRun.Context(observer, Configured("ending", value))));
        Assert.Equal([expected], await Field.StreamAsync("x", TestRun.Context(config: Configured("ending", value))).ToListAsync(TestRun.Token));
        Assert.Equal("add", Assert.Single(observer.Runs).Name);
    }

    [Fact]
    public void Field_Shapes_FollowTheConfig()
    {
        var chain = Adding("!").ConfigurableField(new("open"), _ => Adding("!").WithTypes(JsonShape.Any, JsonShape.Number));

        Assert.Same(JsonShape.String, chain.GetInputShape(RunConfig.Empty));
        Assert.Same(JsonShape.Any, chain.GetInputShape(Configured("open", true)));
        Assert.Same(JsonShape.Number, chain.Pipe(chain).GetOutputShape(Configured("open", true)));
    }

    [Theory]
    [InlineData(null, "x1")]
    [InlineData("standard", "x1")]
    [InlineData("other", "x2")]
    public async Task Alternatives_Key_DecidesWhatRuns(string? key, string expected) =>
        Assert.Equal(expected, await Alternatives.InvokeAsync("x", TestRun.Context(config: Configured("llm", key))));

    [Fact]
    public async Task Alternatives_UnknownKey_NamesItAndTheKnownOnes()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () =>
            await Alternatives.InvokeAsync("x", TestRun.Context(config: Configured("llm", "gone"))));
        Assert.Equal("Field 'llm' has no alternative 'gone'; there are: other, configured, standard.", error.Message);
    }

    [Fact]
    public void Alternatives_KeyTwice_Throws() =>
        Assert.Throws<CompositionException>(() => Adding("1").ConfigurableAlternatives(new("llm"), "a", ("a", Adding("2"))));

    [Fact]
    public void Alternatives_Fields_TellTheChoiceAndWhatIsInsideEachAlternative()
    {
        var fields = Adding("0").Pipe(Alternatives).ConfigurableFields;

        Assert.Equal(["llm", "ending"], fields.Select(field => field.Id));
        Assert.Equal("standard", fields[0].Default);
        var schema = fields[0].Shape.ToSchema();
        Assert.Equal("#/$defs/TheLLM", (string?)schema["$ref"]);
        Assert.Equal("""["other","configured","standard"]""", schema["$defs"]!["TheLLM"]!["enum"]!.ToJsonString());
    }

    [Fact]
    public async Task WithConfig_FieldSet_IsTheDefaultCallersSeeAndMayChange()
    {
        var chain = Alternatives.WithConfig(Configured("llm", "other"));

        Assert.Equal("x2", await chain.InvokeAsync("x", TestRun.Token));
        Assert.Equal("x1", await chain.InvokeAsync("x", TestRun.Context(config: Configured("llm", "standard"))));
        Assert.Equal("other", chain.ConfigurableFields[0].Default);
    }

    private static RunConfig Configured(string id, object? value) => new() { Configurable = ChainValues.Of(id, value) };

    private static Runnable<string, string> Adding(string suffix) => Runnable.Lambda<string, string>("add", text => text + suffix);
}
