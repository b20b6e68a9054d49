using Serving.Host.Commands;

namespace Serving.Host.Tests.Commands;

public sealed class ArgumentsTests
{
    [Fact]
    public void Read_SwitchesAndSettings_AreToldApart()
    {
        var arguments = Arguments.Read(["--PORT", "81", "--live", "--Models:default:Model=a:b=c", "--SHUTDOWN_DELAY", "-1"], "--live", "--strict");

        Assert.Null(arguments.Problem);
        Assert.True(arguments.Has("--live"));
        Assert.False(arguments.Has("--strict"));
        Assert.Equal(["--PORT=81", "--Models:default:Model=a:b=c", "--SHUTDOWN_DELAY=-1"], arguments.Settings);
    }

    [Theory]
    [InlineData("--liv")]
    [InlineData("live")]
    [InlineData("--liv", "--strict")]
    public void Read_SomethingElse_IsAProblem(params string[] args) =>
        Assert.StartsWith($"'{args[0]}' is not understood here; there are --live, --strict", Arguments.Read(args, "--live", "--strict").Problem, StringComparison.Ordinal);
}
