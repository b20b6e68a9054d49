using System.Reflection;

namespace Serving.Architecture.Tests;

/// <summary>A library's public surface is a promise: a change to it is seen, and accepted by hand.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Runtime")]
    [InlineData("Providers")]
    [InlineData("Endpoints")]
    public void PublicSurface_ComparedWithTheAcceptedOne_IsTheSame(string project)
    {
        var file = Repository.PathOf($"{project}/PublicApi.txt");
        var actual = PublicSurface.Of(Assembly.Load($"Serving.{project}"));
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
            File.WriteAllText(file, string.Concat(actual.Select(line => line + "\n")));

        var accepted = File.Exists(file) ? File.ReadAllLines(file) : [];
        var difference = accepted.Except(actual, StringComparer.Ordinal).Select(line => "- " + line)
            .Concat(actual.Except(accepted, StringComparer.Ordinal).Select(line => "+ " + line))
            .ToList();

        Assert.True(
            difference.Count == 0,
            $"The public surface differs from {project}/PublicApi.txt:\n{string.Join('\n', difference)}\n"
            + "If that is meant, accept it: UPDATE_PUBLIC_API=1 dotnet test tests/Architecture.Tests");
        Assert.Equal(actual, accepted);
    }
}
