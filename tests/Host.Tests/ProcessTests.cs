using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Serving.Providers.Tests;

namespace Serving.Host.Tests;

/// <summary>The host as a process: how it starts, what it prints, how it goes down.</summary>
public sealed class ProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terminate_StreamRunning_LetsItEndAndExitsWithZero()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var process = HostProcess.Start(("OFFLINE_PACE_MS", "40"));
        var address = await process.AddressAsync();
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/joke/stream") { Content = JsonContent.Create(new { input = new { topic = "parrots" } }) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        process.Terminate();
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        await process.WaitAsync();

        Assert.EndsWith("event: end\r\n\r\n", body, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Terminate_Twice_EndsWhatRunsAtOnceAndExitsWithZero()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var process = HostProcess.Start(("OFFLINE_PACE_MS", "1000"), ("SHUTDOWN_DELAY", "600"), ("DRAIN_TIMEOUT", "600"));
        var address = await process.AddressAsync();
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/joke/stream") { Content = JsonContent.Create(new { input = new { topic = "parrots" } }) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        process.Terminate();
        HttpStatusCode ready;
        do
        {
            using var probe = await http.GetAsync("/ready", Cancellation);
            ready = probe.StatusCode;
        }
        while (ready == HttpStatusCode.OK);
        process.Terminate();
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        await process.WaitAsync();

        Assert.Contains("event: error\r\ndata: {\"status_code\":503,\"message\":\"The host is shutting down.", body, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    public async Task Log_AtItsMostTalkative_TellsTheModelsAndNotTheirKeys(string format)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        const string Canary = "sk-canary-90fe";
        await using var provider = await ScriptedProvider.AnsweringAsync($$"""{"error": {"message": "The key {{Canary}} is wrong."} }""", status: 401);
        using var process = HostProcess.Start(
            ("LOG_LEVEL", "Trace"),
            ("LOG_FORMAT", format),
            ("OPENAI_API_KEY", Canary),
            ("OPENAI_BASE_URL", provider.BaseUrl.AbsoluteUri),
            ("Providers__openai__Deployments__0__ApiKey", Canary + "-2"),
            ("FALLBACK_MODELS", "offline:offline"));
        var address = await process.AddressAsync();
        using var http = new HttpClient { BaseAddress = address };
        using var answer = await http.PostAsJsonAsync("/joke/invoke", new { input = new { topic = "parrots" } }, Cancellation);

        process.Terminate();
        await process.WaitAsync();
        string[] log = [.. process.Lines, await process.Errors.ReadToEndAsync(Cancellation)];

        Assert.Equal($"Bearer {Canary}-2", provider.Call.Headers["Authorization"]);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Contains(log, line => line.Contains("default is openai:gpt-5.4-mini, then offline:offline; fast is openai:gpt-5.4-nano, then offline:offline", StringComparison.Ordinal));
        Assert.DoesNotContain(log, line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_SettingsWrong_PrintsEachAndExitsWithOne()
    {
        using var process = HostProcess.Start(("PORT", "eighty"), ("REQUEST_TIMEOUT", "-1"));

        var printed = await process.Errors.ReadToEndAsync(Cancellation);
        await process.WaitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("ERROR PORT is 'eighty'", printed);
        Assert.Contains("ERROR REQUEST_TIMEOUT is '-1'", printed);
        Assert.DoesNotContain(" at Serving", printed);
    }

    [Fact]
    public async Task Start_PortTaken_SaysSoAndExitsWithOne()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var process = HostProcess.Start(("PORT", port.ToString(CultureInfo.InvariantCulture)));

        var printed = await process.Errors.ReadToEndAsync(Cancellation);
        await process.WaitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.Contains($"ERROR Failed to bind to address http://127.0.0.1:{port}: address already in use. Set PORT to a free one, or to 0 for any.", printed);
        Assert.DoesNotContain("   at ", printed + string.Join('\n', process.Lines));
    }
}
