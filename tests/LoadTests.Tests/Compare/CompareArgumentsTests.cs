using Serving.LoadTests.Compare;

namespace Serving.LoadTests.Tests.Compare;

public sealed class CompareArgumentsTests
{
    [Fact]
    public void Parse_Nothing_IsAllParts()
    {
        var arguments = CompareArguments.Parse([]);
        Assert.Equal(Part.All, arguments.Parts);
        Assert.True(arguments.HasIdle);
        Assert.Equal(3, arguments.Rounds);
    }

    [Fact]
    public void Parse_Only_ChoosesInTheirOrder()
    {
        var arguments = CompareArguments.Parse(["--only", "paced,echo", "--rounds", "5", "--seconds", "1"]);
        Assert.Equal(["echo", "paced"], arguments.Parts.Select(part => part.Name));
        Assert.False(arguments.HasIdle);
        Assert.Equal(5, arguments.Rounds);
        Assert.Equal(TimeSpan.FromSeconds(1), arguments.Turn);
    }

    [Fact]
    public void Parse_OnlySizing_ChoosesAllSizes() => Assert.Equal(Part.Sizing, CompareArguments.Parse(["--only", "sizing"]).Parts);

    [Theory]
    [InlineData("--only", "invoke,nothing", "nothing")]
    [InlineData("--rounds", "0", "'0'")]
    [InlineData("--seconds", "much", "'much'")]
    [InlineData("--speed", "1", "--speed")]
    public void Parse_Wrong_SaysWhat(string name, string value, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => CompareArguments.Parse([name, value])).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_NoValue_IsWrong() => Assert.Throws<FormatException>(() => CompareArguments.Parse(["--rounds"]));
}
