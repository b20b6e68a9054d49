using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Serving.Endpoints.Metrics;

/// <summary>Answers the requests of the metrics port: one path, two formats, plain or compressed.</summary>
internal static class ScrapeAnswer
{
    private const string OpenMetrics = "application/openmetrics-text";

    public static async Task WriteAsync(HttpContext http, MetricsRegistry registry)
    {
        var (request, response) = (http.Request, http.Response);
        var isHead = HttpMethods.IsHead(request.Method);
        if (request.Path.Value != "/metrics")
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!isHead && !HttpMethods.IsGet(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        var isOpenMetrics = WantsOpenMetrics(request.Headers);
        response.ContentType = isOpenMetrics ? OpenMetrics + "; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";
        response.Headers.Vary = "Accept, Accept-Encoding";
        response.Headers.CacheControl = "no-store";
        var text = registry.Collect(isOpenMetrics);
        if (TakesGzip(request.Headers))
        {
            response.Headers.ContentEncoding = "gzip";
            text = Compress(text.Span);
        }

        response.ContentLength = text.Length;
        if (!isHead)
            await response.Body.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>Whether OpenMetrics is wanted, and not less than the plain text.</summary>
    private static bool WantsOpenMetrics(IHeaderDictionary headers)
    {
        if (!MediaTypeHeaderValue.TryParseList(headers.Accept, out var accepted))
            return false;
        var open = accepted.Where(IsOpenMetrics).Select(Quality).DefaultIfEmpty(0).Max();
        var plain = accepted.Where(type => type.MediaType == "text/plain").Select(Quality).DefaultIfEmpty(0).Max();
        return open > 0 && open >= plain;
    }

    private static bool IsOpenMetrics(MediaTypeHeaderValue type) =>
        type.MediaType == OpenMetrics && type.Parameters.FirstOrDefault(parameter => parameter.Name == "version") is null or { Value.Value: "1.0.0" or "\"1.0.0\"" };

    private static double Quality(MediaTypeHeaderValue type) => type.Quality ?? 1;

    private static bool TakesGzip(IHeaderDictionary headers) =>
        StringWithQualityHeaderValue.TryParseList(headers.AcceptEncoding, out var codings) && codings.Any(coding => coding.Value == "gzip" && coding.Quality is not 0);

    private static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> text)
    {
        var bytes = new MemoryStream(text.Length / 8);
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(text);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
