using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Serving.Providers.Catalog;

namespace Serving.Providers.Tests.Catalog;

[Collection(ListenerCollection.Name)]
public sealed class ProviderHttpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(true, HttpProtocols.Http1, "HTTP/1.1")]
    [InlineData(false, HttpProtocols.Http1, "HTTP/1.1")]
    public async Task Client_Request_IsOfTheHighestVersionThatTlsOffers(bool isTls, HttpProtocols offered, string expected)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = offered;
            if (isTls)
                listen.UseHttps(certificate);
        }));
        await using var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(context.Request.Protocol, Cancellation));
        await app.StartAsync(Cancellation);
        using var connections = ProviderHttp.Connections(TimeSpan.FromSeconds(5), new OpenConnections());
        connections.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == certificate.GetCertHashString();
        using var http = ProviderHttp.Client(connections, Timeout.InfiniteTimeSpan);
        using var call = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single());

        using var answer = await http.SendAsync(call, Cancellation);

        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Connections_Open_AreCountedUntilTheyAreClosed()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(context => context.Response.WriteAsync("Hi", Cancellation));
        await app.StartAsync(Cancellation);
        var open = new OpenConnections();
        using var connections = ProviderHttp.Connections(TimeSpan.FromSeconds(5), open);
        using var http = ProviderHttp.Client(connections, Timeout.InfiniteTimeSpan);

        await http.GetStringAsync(new Uri(app.Urls.Single()), Cancellation);
        var used = open.Count;
        connections.Dispose();

        Assert.Equal((1, 0), (used, open.Count));
    }

    [Fact]
    public async Task Client_NobodyListensToSpans_TellsTheSpanAroundAndMakesNone()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(context.Request.Headers.TraceParent.ToString(), Cancellation));
        await app.StartAsync(Cancellation);
        using var connections = ProviderHttp.Connections(TimeSpan.FromSeconds(5), new OpenConnections());
        using var http = ProviderHttp.Client(connections, Timeout.InfiniteTimeSpan);
        using var around = new Activity("around").SetIdFormat(ActivityIdFormat.W3C).Start();

        var told = await http.GetStringAsync(new Uri(app.Urls.Single()), Cancellation);

        Assert.Equal(around.Id, told);
        Assert.Same(around, Activity.Current);
    }

    [Fact]
    public void Connections_Made_FollowNoRedirectsAndRenewThemselves()
    {
        using var connections = ProviderHttp.Connections(TimeSpan.FromSeconds(7), new OpenConnections());

        Assert.False(connections.AllowAutoRedirect);
        Assert.False(connections.UseCookies);
        Assert.True(connections.EnableMultipleHttp2Connections);
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(7)), (connections.PooledConnectionLifetime, connections.ConnectTimeout));
    }
}
