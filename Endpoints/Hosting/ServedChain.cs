using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;
using Serving.Runtime.Schemas;

namespace Serving.Endpoints.Hosting;

/// <summary>A chain as it was mapped.</summary>
/// <param name="Path">Where, groups included, without a slash at the end; empty at the root.</param>
/// <param name="Endpoints">In the order they were mapped, those under <c>/c/{config_hash}</c> last.</param>
internal sealed record ServedChain(string Path, IReadOnlyList<ServedEndpoint> Endpoints)
{
    public string Name => Options.Name ?? (Path.Length == 0 ? Chain.Name : Path[1..]);

    public IRunnable Chain => Endpoints[0].Metadata.Chain;

    public ChainOptions Options => Endpoints[0].Metadata.Options;

    public JsonShape ConfigShape => Endpoints[0].Metadata.ConfigShape;

    /// <summary>The chains among the mapped endpoints, in the order they were mapped.</summary>
    public static IReadOnlyList<ServedChain> All(IEnumerable<Endpoint> endpoints) =>
    [
        .. endpoints
            .OfType<RouteEndpoint>()
            .Select(Served)
            .OfType<ServedEndpoint>()
            .GroupBy(endpoint => (Path: PathOf(endpoint), endpoint.Metadata.Options))
            .Select(group => new ServedChain(group.Key.Path, [.. group])),
    ];

    private static ServedEndpoint? Served(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ChainMetadata>() is { } metadata && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: [var method, ..] }
            ? new ServedEndpoint(metadata, endpoint.RoutePattern, method)
            : null;

    private static string PathOf(ServedEndpoint endpoint)
    {
        var end = endpoint.Metadata.HasConfigHash ? $"/c/{{config_hash}}/{endpoint.Metadata.Endpoint}" : "/" + endpoint.Metadata.Endpoint;
        return endpoint.Path[..^end.Length];
    }
}
