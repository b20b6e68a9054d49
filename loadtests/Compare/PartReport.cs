namespace Serving.LoadTests.Compare;

/// <summary>The turns of all servers in a part.</summary>
internal sealed record PartReport(string Name, string Title, IReadOnlyList<ServerReport> Servers)
{
    /// <summary>Answers a second while all requests were in flight; null where as many were given as could be.</summary>
    public double? SteadyRate { get; init; }

    public ServerReport? Of(ServerKind server) => Servers.FirstOrDefault(one => one.Server == server);
}
