using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Serving.Endpoints.Hosting;
using Serving.Endpoints.OpenApi;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the OpenAPI document of chains.</summary>
public static class ServingOpenApiServiceCollectionExtensions
{
    /// <summary>Adds the document <c>v1</c>, OpenAPI 3.1, with every chain in it. Map it with <c>MapServingDocs</c>. Calling it again adds nothing.</summary>
    /// <param name="builder">What AddServing gave.</param>
    /// <param name="configure">Changes the document; transformers added here see the chains described.</param>
    public static IServingBuilder AddServingOpenApi(this IServingBuilder builder, Action<OpenApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.All(service => service.ServiceType != typeof(Marker)))
        {
            builder.Services.AddSingleton<Marker>();
            builder.Services.AddOpenApi(options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddDocumentTransformer<ChainDocumentTransformer>();
            });
        }

        if (configure is not null)
            builder.Services.Configure("v1", configure);
        return builder;
    }

    /// <summary>Tells that it was called, and MapServingDocs that there is a document.</summary>
    internal sealed class Marker;
}
