using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Serving.Endpoints.Hosting;
using Serving.Endpoints.Wire;

namespace Serving.Endpoints.Pages;

/// <summary><c>GET /</c>: which chains there are.</summary>
internal static class ChainIndex
{
    public static Task AnswerAsync(HttpContext http)
    {
        var endpoints = http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints;
        var chains = ServedChain.All(endpoints);
        http.Response.Headers.Vary = HeaderNames.Accept;
        return PrefersHtml(http.Request) ? IndexPage.WriteAsync(http, chains, endpoints) : JsonAnswer.WriteAsync(http, chains, Write);
    }

    /// <summary>The names of a chain's endpoints, each once.</summary>
    public static IEnumerable<string> EndpointsOf(ServedChain chain) =>
        chain.Endpoints.Where(endpoint => !endpoint.Metadata.HasConfigHash).Select(endpoint => endpoint.Metadata.Endpoint);

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<ServedChain> chains)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("chains"u8);
        foreach (var chain in chains)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, chain.Name);
            writer.WriteString("path"u8, chain.Path);
            writer.WriteString("description"u8, chain.Options.Description);
            writer.WriteStartArray("endpoints"u8);
            foreach (var endpoint in EndpointsOf(chain))
                writer.WriteStringValue(endpoint);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Whether HTML is asked for above JSON, as browsers do. A caller that takes anything gets JSON.</summary>
    private static bool PrefersHtml(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return QualityOf("text/html") > QualityOf("application/json");

        double QualityOf(string type)
        {
            var best = accepted
                .Where(range => new MediaTypeHeaderValue(type).IsSubsetOf(range))
                .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
                .FirstOrDefault();
            return best is null ? 0 : best.Quality ?? 1;
        }
    }
}
