using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Serving.Endpoints.Hosting;

namespace Serving.Endpoints.OpenApi;

/// <summary>
/// Describes the operations of chains. What others say of them beforehand, such as their security, stays. Works on the document as a whole, since
/// names have to differ from all others in it.
/// </summary>
internal sealed class ChainDocumentTransformer(EndpointDataSource endpoints) : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var chains = ServedChain.All(endpoints.Endpoints);
        var labels = ChainLabels.Of(chains);
        var components = new SchemaComponents(document);
        var errors = new ErrorResponses(document, components);
        var tags = new List<OpenApiTag>();
        foreach (var chain in chains)
        {
            var (tag, id) = labels[chain];
            // A host may leave chains, or some of their endpoints, out of the document.
            var shown = chain.Endpoints.Select(endpoint => (Endpoint: endpoint, Operation: Find(document, endpoint))).Where(pair => pair.Operation is not null).ToList();
            if (shown.Count == 0)
                continue;
            tags.Add(new OpenApiTag { Name = tag, Description = chain.Options.Description });
            if (shown.Any(pair => pair.Endpoint.Metadata.HasConfigHash))
                tags.Add(new OpenApiTag { Name = $"{tag}/config", Description = $"{tag}, with a config in the path." });
            var schemas = new ChainSchemas(chain, id, components);
            foreach (var (endpoint, operation) in shown)
                new ChainOperation(document, components, errors, schemas, tag, id).Describe(operation!, endpoint);
        }

        SetTags(document, tags);
        return Task.CompletedTask;
    }

    private static OpenApiOperation? Find(OpenApiDocument document, ServedEndpoint endpoint) =>
        document.Paths.TryGetValue(endpoint.Path, out var item)
            ? item.Operations?.GetValueOrDefault(new HttpMethod(endpoint.Method))
            : null;

    /// <summary>The tags of chains in their order, then those that other operations have.</summary>
    private static void SetTags(OpenApiDocument document, List<OpenApiTag> tags)
    {
        var used = document.Paths.Values
            .SelectMany(item => item.Operations ?? [])
            .SelectMany(pair => pair.Value.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(reference => reference.Reference.Id)
            .ToHashSet(StringComparer.Ordinal);
        var others = (document.Tags ?? new HashSet<OpenApiTag>())
            .Where(other => used.Contains(other.Name) && tags.TrueForAll(tag => tag.Name != other.Name))
            .ToList();
        document.Tags = tags.Concat(others).ToHashSet();
    }
}
