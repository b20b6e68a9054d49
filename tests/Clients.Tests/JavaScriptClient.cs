using System.Diagnostics;

namespace Serving.Clients.Tests;

/// <summary>Runs a file of client tests against a server, and passes when every test in it ran and passed.</summary>
internal static class JavaScriptClient
{
    public const string SamplesFile = "samples.test.mjs";
    public const string ProvidersFile = "providers.test.mjs";

    /// <summary>Would make the client send what the tests say to a tracing service.</summary>
    private static readonly string[] Tracing =
        ["LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING", "LANGSMITH_TRACING_V2"];

    /// <summary>Every file of client tests but those for the host as shipped.</summary>
    public static IEnumerable<string> ConformanceFiles => Directory
        .EnumerateFiles(Repository.Clients, "*.test.mjs")
        .Select(path => Path.GetFileName(path))
        .Where(name => name is not (SamplesFile or ProvidersFile))
        .Order(StringComparer.Ordinal);

    public static async Task RunAsync(string file, NodePackages packages, ServerProcess server, IReadOnlyDictionary<string, string>? environment = null)
    {
        Assert.SkipWhen(packages.Missing is not null, packages.Missing ?? "");
        var start = new ProcessStartInfo(packages.Node, ["--test", "--test-reporter=tap", file]) { WorkingDirectory = Repository.Clients };
        start.Environment["BASE_URL"] = server.BaseUrl;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        foreach (var tracing in Tracing)
            start.Environment.Remove(tracing);

        var (exitCode, output) = await Tool.RunAsync(start, TestContext.Current.CancellationToken);

        var results = TapResults.Parse(output);
        TestContext.Current.TestOutputHelper?.WriteLine(results.ToString());
        if (exitCode != 0 || results.Passed.Count == 0 || results.Failed.Count + results.Skipped.Count > 0)
            Assert.Fail($"{file}: node ended with exit code {exitCode}.\n{results}\n{output}\nThe server logged:\n{server.Log}");
    }
}
