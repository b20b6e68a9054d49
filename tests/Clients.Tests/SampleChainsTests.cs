namespace Serving.Clients.Tests;

public sealed class SampleChainsTests(NodePackages packages, SampleServer server) : IClassFixture<SampleServer>
{
    [Fact]
    public Task JavaScriptClient_SampleChains_Works() => JavaScriptClient.RunAsync(JavaScriptClient.SamplesFile, packages, server);
}
