using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Pages;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves what a host tells about its chains.</summary>
public static class PagesEndpointRouteBuilderExtensions
{
    /// <summary>
    /// <c>GET /openapi/v1.json</c>: the OpenAPI document. <c>GET /docs</c>: a page to read and try it, whose every asset comes from this host.
    /// </summary>
    /// <returns>For all of them; authorization put on it holds for the page and the document.</returns>
    /// <exception cref="InvalidOperationException">AddServingOpenApi was not called.</exception>
    public static IEndpointConventionBuilder MapServingDocs(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<ServingOpenApiServiceCollectionExtensions.Marker>() is null)
            throw new InvalidOperationException("Call builder.Services.AddServing().AddServingOpenApi() before MapServingDocs.");
        var group = endpoints.MapGroup("").ExcludeFromDescription();
        group.MapOpenApi();
        group.MapSwaggerUI("docs", options =>
        {
            options.DocumentTitle = "Chains";
            options.SwaggerEndpoint("../openapi/v1.json", "v1");
            options.EnableDeepLinking();
            // Left out, the page sends the document's address to a validator on the internet.
            options.EnableValidator("none");
        });
        return group;
    }

    /// <summary>
    /// <c>GET /</c>: the chains, as JSON, or to a browser as a page of links. It lists what is mapped, whether or not the caller may use it.
    /// Not part of <see cref="MapServingDocs"/>.
    /// </summary>
    public static IEndpointConventionBuilder MapServingIndex(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapGet("/", (RequestDelegate)ChainIndex.AnswerAsync).ExcludeFromDescription();
    }
}
