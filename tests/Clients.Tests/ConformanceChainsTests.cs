namespace Serving.Clients.Tests;

public sealed class ConformanceChainsTests(NodePackages packages, ConformanceServer server) : IClassFixture<ConformanceServer>
{
    public static TheoryData<string> Files => [.. JavaScriptClient.ConformanceFiles];

    [Theory]
    [MemberData(nameof(Files))]
    public Task JavaScriptClient_ConformanceChains_Works(string file) => JavaScriptClient.RunAsync(file, packages, server);
}
