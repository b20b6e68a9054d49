using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.AI;
using Serving.Providers.Anthropic;
using Serving.Providers.Errors;
using Serving.Providers.OpenAi;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.Wire;

public sealed class ConnectionTests
{
    [Fact]
    public async Task Name_Unknown_IsAConnectionThatMayCome()
    {
        foreach (var error in await FailAsync(new Uri("https://provider.invalid/v1")))
        {
            Assert.Equal((ErrorKind.ProviderUnavailable, ProviderFault.Transient), (error.Kind, error.Fault));
            Assert.EndsWith("cannot be reached.", error.Message);
            Assert.DoesNotContain("invalid", error.Message);
        }
    }

    [Fact]
    public async Task Certificate_NotTrusted_IsHardDown()
    {
        using var certificate = SelfSigned();
        await using var server = new Listener(async client =>
        {
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(certificate);
        });

        foreach (var error in await FailAsync(server.Address))
        {
            Assert.Equal((ErrorKind.BadGateway, ProviderFault.HardDown), (error.Kind, error.Fault));
            Assert.Contains("certificate", error.Message);
            Assert.DoesNotContain("localhost", error.Message);
        }
    }

    [Fact]
    public async Task Handshake_CutOff_IsTransient()
    {
        await using var server = new Listener(_ => Task.CompletedTask);

        foreach (var error in await FailAsync(server.Address))
            Assert.Equal((ErrorKind.ProviderUnavailable, ProviderFault.Transient), (error.Kind, error.Fault));
    }

    private static async Task<List<ProviderException>> FailAsync(Uri address)
    {
        using var http = new HttpClient();
        using IChatClient openAi = new OpenAiChatClient(http, new OpenAiClientOptions { ModelId = "m", BaseUrl = address, ApiKey = () => ScriptedProvider.Key });
        using IChatClient anthropic = new AnthropicChatClient(http, new AnthropicClientOptions { ModelId = "m", BaseUrl = address, ApiKey = () => ScriptedProvider.Key });
        List<ProviderException> errors = [];
        foreach (var client in new[] { openAi, anthropic })
        {
            errors.Add(await Assert.ThrowsAsync<ProviderException>(() => client.AskAsync()));
            errors.Add(await Assert.ThrowsAsync<ProviderException>(() => client.StreamAsync()));
        }

        Assert.All(errors, error => Assert.DoesNotContain(ScriptedProvider.Key, error.ToString()));
        return errors;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Takes connections, does one thing with each, and closes it.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _loop;

        public Listener(Func<TcpClient, Task> serve)
        {
            _listener.Start();
            _loop = AcceptAsync(serve);
        }

        public Uri Address => new($"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _loop;
        }

        private async Task AcceptAsync(Func<TcpClient, Task> serve)
        {
            while (true)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await serve(client);
                }
                catch (Exception error) when (error is SocketException or InvalidOperationException) // stopped, while it waited or before
                {
                    return;
                }
                catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // The client did not want to go on.
                }
            }
        }
    }
}
