using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serving.Endpoints.Hosting;

namespace Serving.Endpoints.Pages;

/// <summary>The chains as a page of links. Loads nothing, runs nothing.</summary>
internal static class IndexPage
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}" +
        "h2{margin-bottom:0;font-size:1.1rem}p{margin:.25rem 0}code{color:#555}a{color:#0b57d0}" +
        "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#1b1b1b}code{color:#aaa}a{color:#8ab4f8}}";

    /// <summary>What else a host may serve; linked if it does.</summary>
    private static readonly (string Path, string Text)[] Others =
        [("/docs", "Docs"), ("/openapi/v1.json", "OpenAPI"), ("/health", "Health"), ("/ready", "Readiness")];

    public static Task WriteAsync(HttpContext http, IReadOnlyList<ServedChain> chains, IReadOnlyList<Endpoint> endpoints)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http.Response.WriteAsync(Render(http.Request.PathBase, chains, endpoints), http.RequestAborted);
    }

    private static string Render(PathString pathBase, IReadOnlyList<ServedChain> chains, IReadOnlyList<Endpoint> endpoints)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>Chains</title>\n")
            .Append("<link rel=\"icon\" href=\"data:,\">\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n<h1>Chains</h1>\n");
        var links = Others.Where(other => IsMapped(endpoints, other.Path)).Select(other => Link(pathBase, other.Path, other.Text)).ToList();
        if (links.Count > 0)
            page.Append("<p>").AppendJoin(" · ", links).Append("</p>\n");
        if (chains.Count == 0)
            page.Append("<p>No chain is served.</p>\n");
        foreach (var chain in chains)
            Append(page, pathBase, chain);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, PathString pathBase, ServedChain chain)
    {
        page.Append("<h2>").Append(Encode(chain.Name)).Append("</h2>\n");
        if (!string.IsNullOrWhiteSpace(chain.Options.Description))
            page.Append("<p>").Append(Encode(chain.Options.Description)).Append("</p>\n");
        foreach (var endpoint in chain.Endpoints.Where(endpoint => !endpoint.Metadata.HasConfigHash && !HttpMethods.IsGet(endpoint.Method)))
            page.Append("<p><code>").Append(Encode($"{endpoint.Method} {endpoint.Path}")).Append("</code></p>\n");
        var schemas = chain.Endpoints.Where(endpoint => !endpoint.Metadata.HasConfigHash && HttpMethods.IsGet(endpoint.Method)).ToList();
        if (schemas.Count > 0)
            page.Append("<p>").AppendJoin(" · ", schemas.Select(endpoint => SchemaLink(pathBase, endpoint))).Append("</p>\n");
    }

    /// <summary>A path with parameters leads nowhere until they are filled in.</summary>
    private static string SchemaLink(PathString pathBase, ServedEndpoint endpoint) => endpoint.Pattern.Parameters.Count == 0
        ? Link(pathBase, endpoint.Path, endpoint.Metadata.Endpoint)
        : $"<code>{Encode(endpoint.Path)}</code>";

    private static string Link(PathString pathBase, string path, string text) =>
        $"<a href=\"{Encode(pathBase.Add(path).ToUriComponent())}\">{Encode(text)}</a>";

    private static bool IsMapped(IReadOnlyList<Endpoint> endpoints, string path) => endpoints
        .OfType<RouteEndpoint>()
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.TrimStart('/'))
        .Any(pattern => pattern == path || pattern.StartsWith(path + "/", StringComparison.Ordinal) || (path.StartsWith("/openapi/", StringComparison.Ordinal) && pattern == "/openapi/{documentName}.json"));

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
