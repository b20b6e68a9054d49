namespace Serving.LoadTests.Compare;

/// <summary>The turns of all servers in a part.</summary>
internal sealed record PartReport(string Name, string Title, IReadOnlyList<ServerReport> Servers)
{
    public ServerReport? Of(ServerKind server) => Servers.FirstOrDefault(one => one.Server == server);
}
