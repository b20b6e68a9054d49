using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serving.Providers.Catalog;

/// <summary>
/// The connections of one provider. They do not follow redirects, which could take a key elsewhere, and keep no cookies. Answers are not asked to be
/// compressed: they are small, and a compressed stream waits for more before it can be read. Of the trace a provider is told the ids alone.
/// </summary>
internal static class ProviderHttp
{
    public static SocketsHttpHandler Connections(TimeSpan connectTimeout, OpenConnections open) => new()
    {
        ConnectCallback = open.ConnectAsync,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        // New connections ask DNS again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = connectTimeout,
        ActivityHeadersPropagator = null, // see UpToHttp2
    };

    /// <summary>A client over the connections, which it does not dispose.</summary>
    public static HttpClient Client(HttpMessageHandler connections, TimeSpan timeout) => new PlainClient(new UpToHttp2(connections)) { Timeout = timeout };

    /// <summary>Sends a request up to the headers of its answer.</summary>
    public static Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken) =>
        http is PlainClient { Direct: var direct } && http.Timeout == Timeout.InfiniteTimeSpan
            ? direct.SendAsync(request, cancellationToken)
            : http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>
    /// A client of the catalog's: no default headers, no base address. Without a timeout either, a request has no need of the client, whose linked token and own wait are 0.4 KB of a call.
    /// </summary>
    private sealed class PlainClient(HttpMessageHandler handler) : HttpClient(handler, disposeHandler: false)
    {
        public HttpMessageInvoker Direct { get; } = new(handler, disposeHandler: false);
    }

    /// <summary>
    /// HTTP/2 where TLS offers it, else HTTP/1.1: a client's own defaults do not reach requests that were made by hand. And a span of each request that somebody records; the runtime would make one,
    /// and describe it, within any other, and the server always has one for its log: 2 KB of a call's allocations. Sends <c>traceparent</c> in any case. Baggage and trace state come from callers and those before
    /// them, and are none of a provider's business.
    /// </summary>
    private sealed class UpToHttp2(HttpMessageHandler connections) : DelegatingHandler(connections)
    {
        // Named as the runtime's own: who listens to that one listens to this one.
        private static readonly ActivitySource Spans = new("System.Net.Http");

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
            if (Spans.HasListeners() && Activity.Current is null or { IsAllDataRequested: true })
                return RecordAsync(request, cancellationToken);
            TellOf(Activity.Current, request);
            return base.SendAsync(request, cancellationToken);
        }

        private static void TellOf(Activity? span, HttpRequestMessage request)
        {
            if (span is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
                request.Headers.TryAddWithoutValidation("traceparent", id);
        }

        private async Task<HttpResponseMessage> RecordAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var span = Spans.StartActivity(request.Method.Method, ActivityKind.Client);
            TellOf(Activity.Current, request);
            if (span is not { IsAllDataRequested: true } || request.RequestUri is not { } address)
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

            // https://opentelemetry.io/docs/specs/semconv/http/http-spans/
            span.SetTag("http.request.method", request.Method.Method);
            span.SetTag("server.address", address.Host);
            span.SetTag("server.port", address.Port);
            span.SetTag("url.full", address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));
            try
            {
                var answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                span.SetTag("http.response.status_code", (int)answer.StatusCode);
                span.SetTag("network.protocol.version", answer.Version.ToString(answer.Version.Major > 1 ? 1 : 2));
                if ((int)answer.StatusCode >= 400)
                    Fail(span, ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
                return answer;
            }
            catch (OperationCanceledException)
            {
                // Whoever was left has not failed.
                span.SetTag("error.type", "cancelled");
                throw;
            }
            catch (Exception error)
            {
                Fail(span, error is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var known }
                    ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString())
                    : error.GetType().FullName!); // a type of an exception has a name
                throw;
            }
        }

        private static void Fail(Activity span, string type)
        {
            span.SetTag("error.type", type);
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
