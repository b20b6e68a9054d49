namespace Serving.Clients.Tests;

/// <summary>The chains the wire is recorded with.</summary>
public sealed class ConformanceServer() : ServerProcess(
    Repository.Program("tests/ConformanceHost", "Serving.ConformanceHost.dll"),
    new Dictionary<string, string?>());
