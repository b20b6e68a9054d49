using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Handlers;
using Serving.Endpoints.Hosting;
using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves chains.</summary>
public static class RunnableEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves a chain under a path: <c>/invoke</c>, <c>/batch</c>, <c>/stream</c>, <c>/stream_log</c>, <c>/stream_events</c>, <c>/input_schema</c>,
    /// <c>/output_schema</c>, <c>/config_schema</c>, and all of them under <c>/c/{config_hash}</c>.
    /// </summary>
    /// <param name="endpoints">The app, or a route group of it.</param>
    /// <param name="path">Begins with a slash, or is empty to serve at the root.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="configure">How it is served.</param>
    /// <returns>The group of the chain's routes: filters, authorization, rate limits and names put on it hold for all of them, before a body is read.</returns>
    /// <exception cref="ArgumentException">The path is not one.</exception>
    /// <exception cref="InvalidOperationException">AddServing was not called. A path that is taken stops the start of the host.</exception>
    public static RouteGroupBuilder MapRunnable<TIn, TOut>(
        this IEndpointRouteBuilder endpoints,
        string path,
        Runnable<TIn, TOut> chain,
        Action<ChainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(chain);
        if (path.Length > 0 && (path[0] != '/' || path.EndsWith('/')))
            throw new ArgumentException($"The path '{path}' must begin with a slash and not end with one, as in '/joke', or be empty.", nameof(path));
        var services = endpoints.ServiceProvider.GetService<ServingServices>()
            ?? throw new InvalidOperationException("Call builder.Services.AddServing() before MapRunnable.");

        var options = new ChainOptions { Name = path.Length == 0 ? chain.Name : path[1..] };
        configure?.Invoke(options);
        var handler = new ChainHandler<TIn, TOut>(chain, options, services);
        var group = endpoints.MapGroup(path);
        MapAll("", hasHash: false);
        if (options.Endpoints.HasFlag(ChainEndpoints.ConfigHashes))
            MapAll("/c/{config_hash}", hasHash: true);
        return group;

        void MapAll(string prefix, bool hasHash)
        {
            Map(ChainEndpoints.Invoke, HttpMethods.Post, "invoke", handler.InvokeAsync);
            Map(ChainEndpoints.Batch, HttpMethods.Post, "batch", handler.BatchAsync);
            Map(ChainEndpoints.Stream, HttpMethods.Post, "stream", handler.StreamAsync);
            Map(ChainEndpoints.StreamLog, HttpMethods.Post, "stream_log", handler.StreamLogAsync);
            Map(ChainEndpoints.StreamEvents, HttpMethods.Post, "stream_events", handler.StreamEventsAsync);
            Map(ChainEndpoints.InputSchema, HttpMethods.Get, "input_schema", handler.InputSchemaAsync);
            Map(ChainEndpoints.OutputSchema, HttpMethods.Get, "output_schema", handler.OutputSchemaAsync);
            Map(ChainEndpoints.ConfigSchema, HttpMethods.Get, "config_schema", handler.ConfigSchemaAsync);

            void Map(ChainEndpoints endpoint, string method, string name, RequestDelegate handle)
            {
                if (options.Endpoints.HasFlag(endpoint))
                {
                    group.MapMethods($"{prefix}/{name}", [method], handle)
                        // The method makes the endpoint one that the OpenAPI document sees.
                        .WithMetadata(new ChainMetadata(chain, options, handler.ConfigShape, name, hasHash, handler.MetricsOf(name)), handle.Method)
                        .WithDisplayName($"{options.Name} {name}");
                }
            }
        }
    }

    /// <summary>Serves a chain whose type arguments are not known here; otherwise the same.</summary>
    public static RouteGroupBuilder MapRunnable(this IEndpointRouteBuilder endpoints, string path, IRunnable chain, Action<ChainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return chain.Accept(new Mapper(endpoints, path, configure));
    }

    /// <summary>Serves every chain of the catalog at <c>/{name}</c>.</summary>
    /// <returns>The group of all chains' routes.</returns>
    /// <exception cref="InvalidOperationException">The catalog is empty, or a chain could not be made.</exception>
    public static RouteGroupBuilder MapRunnables(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var registrations = endpoints.ServiceProvider.GetServices<ChainRegistration>().ToList();
        if (registrations.Count == 0)
            throw new InvalidOperationException("The catalog is empty. Call builder.Services.AddServing().AddChain(\"joke\", …) before MapRunnables.");
        var all = endpoints.MapGroup("");
        foreach (var registration in registrations)
            all.MapRunnable("/" + registration.Name, registration.Create(endpoints.ServiceProvider), registration.Configure);
        return all;
    }

    private sealed class Mapper(IEndpointRouteBuilder endpoints, string path, Action<ChainOptions>? configure) : IRunnableVisitor<RouteGroupBuilder>
    {
        public RouteGroupBuilder Visit<TIn, TOut>(Runnable<TIn, TOut> runnable) => endpoints.MapRunnable(path, runnable, configure);
    }
}
