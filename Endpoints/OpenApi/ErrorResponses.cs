using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Serving.Endpoints.OpenApi;

/// <summary>The answers of chains that are errors, as components that operations refer to.</summary>
internal sealed class ErrorResponses(OpenApiDocument document, SchemaComponents schemas)
{
    private static readonly Dictionary<int, string> Descriptions = new()
    {
        [StatusCodes.Status400BadRequest] = "The config hash is none, or the provider refused the prompt: too long, or against its rules.",
        [StatusCodes.Status413PayloadTooLarge] = "The body, the batch or the prompt is larger than the host takes.",
        [StatusCodes.Status422UnprocessableEntity] = "The body is not JSON, or does not fit the schema; the problems are under detail.",
        [StatusCodes.Status429TooManyRequests] = "A limit of requests or tokens is used up. Retry-After says when to come again, if that is known.",
        [StatusCodes.Status500InternalServerError] = "The chain failed. What failed is in the host's log, under the run id.",
        [StatusCodes.Status503ServiceUnavailable] = "The host is full or shutting down, or no provider answers. Retry-After says when to come again, if that is known.",
        [StatusCodes.Status504GatewayTimeout] = "The chain did not answer in time.",
    };

    /// <summary>What any POST to a chain may answer.</summary>
    public static IReadOnlyCollection<int> OfRuns => Descriptions.Keys;

    /// <summary>What a schema may answer whose path has a config hash.</summary>
    public static IReadOnlyCollection<int> OfHashedSchemas { get; } =
        [StatusCodes.Status400BadRequest, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status500InternalServerError];

    /// <summary>What a schema may answer whose path has none.</summary>
    public static IReadOnlyCollection<int> OfSchemas { get; } = [StatusCodes.Status500InternalServerError];

    public void AddTo(OpenApiResponses responses, IEnumerable<int> statuses)
    {
        foreach (var status in statuses)
            responses[status.ToString(CultureInfo.InvariantCulture)] = Reference(status);
    }

    private OpenApiResponseReference Reference(int status)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"ChainError{status}");
        if (document.Components?.Responses?.ContainsKey(name) != true)
            document.AddComponent<IOpenApiResponse>(name, Create(status));
        return new OpenApiResponseReference(name, document);
    }

    private OpenApiResponse Create(int status)
    {
        var response = new OpenApiResponse
        {
            Description = Descriptions[status],
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new OpenApiMediaType { Schema = schemas.Map(schemas.Add("Error", WireSchemas.Error)) },
            },
        };
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Retry-After"] = new OpenApiHeader { Description = "Seconds to wait.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } },
            };
        }

        return response;
    }
}
