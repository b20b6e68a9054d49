using System.Diagnostics;
using System.Net;

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
        ActivityHeadersPropagator = new TraceParent(),
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

    /// <summary>HTTP/2 where TLS offers it, else HTTP/1.1: a client's own defaults do not reach requests that were made by hand. And no span that nobody hears of.</summary>
    private sealed class UpToHttp2(HttpMessageHandler connections) : DelegatingHandler(connections)
    {
        // Named as the runtime's own: who listens to that one listens to this one.
        private static readonly ActivitySource Spans = new("System.Net.Http");

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
            if (Activity.Current is not { } around || (around.IsAllDataRequested && Spans.HasListeners()))
                return base.SendAsync(request, cancellationToken);

            // Within another span, and the server always has one for its log, the runtime makes one for the call and describes it, heard or not, recorded or not: 2 KB of a call's allocations.
            TraceParent.Tell(around, request);
            Activity.Current = null;
            try
            {
                return base.SendAsync(request, cancellationToken);
            }
            finally
            {
                Activity.Current = around;
            }
        }
    }

    /// <summary>Sends <c>traceparent</c>. Baggage and trace state come from callers and those before them, and are none of a provider's business.</summary>
    private sealed class TraceParent : DistributedContextPropagator
    {
        private const string Header = "traceparent";

        public override IReadOnlyCollection<string> Fields { get; } = [Header];

        public static void Tell(Activity activity, HttpRequestMessage request)
        {
            if (activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
                request.Headers.TryAddWithoutValidation(Header, id);
        }

        public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
        {
            if (activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
                setter?.Invoke(carrier, Header, id);
        }

        public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
            traceId = traceState = null;

        public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
    }
}
