using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Serving.Endpoints.Hosting;

namespace Serving.Endpoints.OpenApi;

/// <summary>Describes operations of one chain.</summary>
internal sealed class ChainOperation(OpenApiDocument document, SchemaComponents components, ErrorResponses errors, ChainSchemas schemas, string tag, string id)
{
    private const string Json = "application/json";

    public void Describe(OpenApiOperation operation, ServedEndpoint endpoint)
    {
        var (name, hashed) = (endpoint.Metadata.Endpoint, endpoint.Metadata.HasConfigHash);
        operation.OperationId = hashed ? $"{id}_{name}_with_config" : $"{id}_{name}";
        operation.Summary = SummaryOf(name);
        operation.Description = endpoint.Metadata.Options.Description;
        operation.Tags = new HashSet<OpenApiTagReference> { new(hashed ? $"{tag}/config" : tag, document) };
        operation.Parameters =
        [
            .. (operation.Parameters ?? []).Where(parameter => parameter.In != ParameterLocation.Path),
            .. endpoint.Pattern.Parameters.Select(parameter => Parameter(parameter.Name)),
        ];
        operation.Responses = new OpenApiResponses { ["200"] = Good(name) };
        if (HttpMethods.IsPost(endpoint.Method))
        {
            operation.RequestBody = Body(name);
            errors.AddTo(operation.Responses, ErrorResponses.OfRuns);
        }
        else
        {
            errors.AddTo(operation.Responses, hashed ? ErrorResponses.OfHashedSchemas : ErrorResponses.OfSchemas);
        }
    }

    private OpenApiRequestBody Body(string name) => new()
    {
        Required = true,
        Content = Content(Json, new OpenApiMediaType { Schema = components.Map(schemas.Request(name)), Example = schemas.RequestExample(name) }),
    };

    private OpenApiResponse Good(string name)
    {
        var isStream = name.StartsWith("stream", StringComparison.Ordinal);
        return new OpenApiResponse
        {
            Description = isStream ? "Server-sent events. The schema is that of one event." : name.EndsWith("schema", StringComparison.Ordinal) ? "The schema." : "The answer.",
            Content = Content(isStream ? "text/event-stream" : Json, new OpenApiMediaType { Schema = components.Map(schemas.Response(name)) }),
        };
    }

    private static Dictionary<string, OpenApiMediaType> Content(string type, OpenApiMediaType body) => new(StringComparer.Ordinal) { [type] = body };

    private static OpenApiParameter Parameter(string name) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = name == "config_hash" ? "A config as JSON, packed by LZString's compressToEncodedURIComponent. The body's config goes over it." : null,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static string SummaryOf(string name) => name switch
    {
        "invoke" => "Run the chain on one input and give the whole answer.",
        "batch" => "Run the chain on many inputs and give their answers in the same order.",
        "stream" => "Run the chain on one input and give the answer in pieces.",
        "stream_log" => "Run the chain on one input and tell its log, change by change.",
        "stream_events" => "Run the chain on one input and tell its events and those of its steps.",
        "input_schema" => "What the chain takes.",
        "output_schema" => "What the chain gives.",
        "config_schema" => "What callers may configure.",
        _ => name,
    };
}
