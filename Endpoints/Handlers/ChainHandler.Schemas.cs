using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Wire;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Handlers;

internal sealed partial class ChainHandler<TIn, TOut>
{
    /// <summary><c>GET /input_schema</c>: what the chain takes under the path's config.</summary>
    public Task InputSchemaAsync(HttpContext http) => SchemaAsync(http, "input_schema", config => _chain.GetInputShape(config).ToSchema(SchemaTitle.Of(_chain, "input")));

    /// <summary><c>GET /output_schema</c>: what the chain gives under the path's config.</summary>
    public Task OutputSchemaAsync(HttpContext http) => SchemaAsync(http, "output_schema", config => _chain.GetOutputShape(config).ToSchema(SchemaTitle.Of(_chain, "output")));

    /// <summary><c>GET /config_schema</c>: what callers may configure.</summary>
    public Task ConfigSchemaAsync(HttpContext http) => SchemaAsync(http, "config_schema", _ => _configs.Shape.ToSchema(SchemaTitle.Of(_chain, "config")));

    private async Task SchemaAsync(HttpContext http, string endpoint, Func<RunConfig, JsonObject> schemaOf)
    {
        var started = _services.Time.GetTimestamp();
        ErrorAnswer? failure = null;
        try
        {
            await JsonAnswer.WriteAsync(http, schemaOf(_configs.FromCaller(http, null)), static (writer, schema) => schema.WriteTo(writer));
        }
        catch (ServingException error)
        {
            failure = ErrorTable.Of(error);
            await JsonAnswer.WriteErrorAsync(http, failure);
        }

        MetricsOf(endpoint).Ended(http, http.Response.StatusCode, failure?.Type, _services.Time.GetElapsedTime(started), null);
    }
}
