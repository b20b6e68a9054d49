using System.Net;
using System.Net.Sockets;
using Serving.Providers.Catalog;

namespace Serving.Providers.Tests.Catalog;

public sealed class ConnectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_ProviderThere_AsksForNothingWithoutAKeyAndTellsItsClock()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, "HTTP/1.1 404 Not Found\r\nDate: Sat, 21 Nov 2026 03:10:49 GMT\r\nContent-Length: 0\r\n\r\n");
        using var catalog = Catalog(listener, ApiKey.Of("sk-canary"));

        var contact = Assert.Single(await catalog.ConnectAsync(Cancellation));
        var request = await serving;

        Assert.StartsWith("HEAD / HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", request, StringComparison.Ordinal);
        Assert.Equal(("openai", null, new DateTimeOffset(2026, 11, 21, 3, 10, 49, TimeSpan.Zero)), (contact.Provider, contact.Problem, contact.Date));
    }

    [Fact]
    public async Task Connect_NothingListens_IsAProblemAndNoError()
    {
        ModelCatalog catalog;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            catalog = Catalog(listener);
        }

        using (catalog)
            Assert.Equal("nothing answers at its address and port", Assert.Single(await catalog.ConnectAsync(Cancellation)).Problem);
    }

    [Fact]
    public async Task Connect_NameUnknown_IsAProblemOfDns()
    {
        using var catalog = Catalog(new Uri("http://provider.invalid/v1"));

        Assert.Equal("its name is not known to DNS", Assert.Single(await catalog.ConnectAsync(Cancellation)).Problem);
    }

    [Fact]
    public async Task Connect_NoAnswerAndNoTimeLeft_IsAProblemAndNoError()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var catalog = Catalog(listener);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var connecting = catalog.ConnectAsync(limit.Token);
        using var client = await listener.AcceptSocketAsync(Cancellation);
        await client.ReceiveAsync(new byte[1024], Cancellation);
        await limit.CancelAsync();

        Assert.Equal("it gave no answer in time", Assert.Single(await connecting).Problem);
    }

    [Fact]
    public async Task Connect_SomethingElseListens_IsAProblem()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, "SSH-2.0-Server\r\n");
        using var catalog = Catalog(listener);

        Assert.Equal("what answers does not speak HTTP", Assert.Single(await catalog.ConnectAsync(Cancellation)).Problem);
        await serving;
    }

    private static ModelCatalog Catalog(TcpListener listener, ApiKey? key = null) => Catalog(new Uri($"http://{listener.LocalEndpoint}/v1"), key);

    private static ModelCatalog Catalog(Uri address, ApiKey? key = null) => ModelCatalog.Create(new ModelCatalogOptions
    {
        Providers = new Dictionary<string, ProviderOptions> { ["openai"] = new() { Kind = ProviderKind.OpenAi, BaseUrl = address, ApiKey = key ?? ApiKey.Of("key") } },
        Models = new Dictionary<string, ModelOptions> { ["default"] = new() { Model = "openai:a", Fallbacks = ["openai:b"] } },
    });

    private static async Task<string> AnswerAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptSocketAsync(Cancellation);
        var request = new byte[1024];
        var length = await client.ReceiveAsync(request, Cancellation);
        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer), Cancellation);
        return System.Text.Encoding.ASCII.GetString(request, 0, length);
    }
}
