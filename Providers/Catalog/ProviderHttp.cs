using System.Net;

namespace Serving.Providers.Catalog;

/// <summary>
/// The connections of one provider. They do not follow redirects, which could take a key elsewhere, and keep no cookies. Answers are not asked to be
/// compressed: they are small, and a compressed stream waits for more before it can be read.
/// </summary>
internal static class ProviderHttp
{
    public static SocketsHttpHandler Connections(TimeSpan connectTimeout) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        // New connections ask DNS again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = connectTimeout,
    };

    /// <summary>A client over the connections, which it does not dispose.</summary>
    public static HttpClient Client(HttpMessageHandler connections, TimeSpan timeout) =>
        new(new UpToHttp2(connections), disposeHandler: false) { Timeout = timeout };

    /// <summary>HTTP/2 where TLS offers it, else HTTP/1.1. A client's own defaults do not reach requests that were made by hand.</summary>
    private sealed class UpToHttp2(HttpMessageHandler connections) : DelegatingHandler(connections)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
