using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Serving.Host.Commands;

namespace Serving.Host.Tests.Commands;

public sealed class HealthCommandTests
{
    [Theory]
    [InlineData("--PORT={0}")]
    [InlineData("--PORT={0}", "--BIND_ADDRESS=127.0.0.1")]
    [InlineData("--PORT={0}", "--ready")]
    [InlineData("--urls=https://localhost:1;http://*:{0}", "--PORT=1")]
    [InlineData("--urls", "http://localhost:{0}/")]
    public async Task Health_HostRuns_IsWell(params string[] args)
    {
        await using var host = await RunningHost.StartAsync();

        var (code, text) = Ask([.. args.Select(arg => string.Format(CultureInfo.InvariantCulture, arg, host.Address.Port))]);

        Assert.Equal("", text);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Health_ProbesAreOff_SaysWhatToSet()
    {
        await using var host = await RunningHost.StartAsync("--ENABLE_HEALTH_CHECKS=false");

        var (code, text) = Ask($"--PORT={host.Address.Port}");

        Assert.Equal(1, code);
        Assert.Equal($"http://127.0.0.1:{host.Address.Port}/health says 404. Set ENABLE_HEALTH_CHECKS to true, or PORT to the host's own port.", text);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 No\r\n\r\n", "--ready", "/ready says 503: the host starts, or goes down.")]
    [InlineData("HTTP/1.1 500 No\r\n\r\n", null, "/health says 500 instead of 200.")]
    [InlineData("SSH-2.0-Server\r\n", null, "does not speak HTTP.")]
    [InlineData("HTTP", null, "does not speak HTTP.")]
    public async Task Health_SomethingElseAnswers_SaysSo(string answer, string? option, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(
            async () =>
            {
                using var client = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
                await client.ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken);
                await client.SendAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
            },
            TestContext.Current.CancellationToken);

        var (code, text) = Ask([$"--PORT={((IPEndPoint)listener.LocalEndpoint).Port}", .. option is null ? (string[])[] : [option]]);
        await serving;

        Assert.Equal(1, code);
        Assert.Contains(expected, text);
    }

    [Fact]
    public void Health_NothingListens_SaysSo()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var (code, text) = Ask($"--PORT={port}");

        Assert.Equal(1, code);
        Assert.StartsWith($"Nothing answers on 127.0.0.1:{port}.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--PORT=0", "PORT is 0")]
    [InlineData("--urls=https://localhost:5001", "no address of http")]
    public void Health_NoAddressToAsk_SaysSo(string setting, string expected)
    {
        var (code, text) = Ask(setting);

        Assert.Equal(1, code);
        Assert.Contains(expected, text);
    }

    [Fact]
    public void Health_Misspelt_IsMisused() => Assert.Equal(CommandLine.Misused, Ask("--redy").Code);

    private static (int Code, string Text) Ask(params string[] args)
    {
        using var errors = new StringWriter();
        var code = HealthCommand.Run(args, errors);
        return (code, errors.ToString().TrimEnd());
    }
}
