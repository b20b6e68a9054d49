using Microsoft.Extensions.AI;

namespace Serving.Providers.Catalog;

/// <summary>One model of the catalog.</summary>
/// <param name="Name">What chains call it, such as <c>default</c> or <c>fast</c>.</param>
/// <param name="Client">The client; shared by all chains, so it must be thread-safe.</param>
public sealed record ModelEntry(string Name, IChatClient Client)
{
    /// <summary>Options of every call; a chain may change its own copy.</summary>
    public ChatOptions? Options { get; init; }
}
