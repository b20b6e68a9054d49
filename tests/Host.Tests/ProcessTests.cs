using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Serving.Providers.Tests;

namespace Serving.Host.Tests;

/// <summary>The host as a process: how it starts, what it prints, how it goes down.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terminate_StreamRunning_LetsItEndAndExitsWithZero()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var process = Start(("PORT", "0"), ("BIND_ADDRESS", "127.0.0.1"), ("OFFLINE_PACE_MS", "40"), ("SHUTDOWN_DELAY", "0"));
        var address = await AddressAsync(process);
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/joke/stream") { Content = JsonContent.Create(new { input = new { topic = "parrots" } }) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!.Dispose();
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation);

        Assert.EndsWith("event: end\r\n\r\n", body, StringComparison.Ordinal);
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
        using var process = Start(
            ("PORT", "0"),
            ("BIND_ADDRESS", "127.0.0.1"),
            ("SHUTDOWN_DELAY", "0"),
            ("LOG_LEVEL", "Trace"),
            ("LOG_FORMAT", format),
            ("OPENAI_API_KEY", Canary),
            ("OPENAI_BASE_URL", provider.BaseUrl.AbsoluteUri),
            ("Providers__openai__Deployments__0__ApiKey", Canary + "-2"),
            ("FALLBACK_MODELS", "offline:offline"));
        var log = new List<string>();
        var address = await AddressAsync(process, log);
        using var http = new HttpClient { BaseAddress = address };
        using var answer = await http.PostAsJsonAsync("/joke/invoke", new { input = new { topic = "parrots" } }, Cancellation);

        Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!.Dispose();
        log.Add(await process.StandardOutput.ReadToEndAsync(Cancellation));
        log.Add(await process.StandardError.ReadToEndAsync(Cancellation));

        Assert.Equal($"Bearer {Canary}-2", provider.Call.Headers["Authorization"]);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Contains(log, line => line.Contains("default is openai:gpt-5.4-mini, then offline:offline; fast is openai:gpt-5.4-nano, then offline:offline", StringComparison.Ordinal));
        Assert.DoesNotContain(log, line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_SettingsWrong_PrintsEachAndExitsWithOne()
    {
        using var process = Start(("PORT", "eighty"), ("REQUEST_TIMEOUT", "-1"));

        var printed = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("ERROR PORT is 'eighty'", printed);
        Assert.Contains("ERROR REQUEST_TIMEOUT is '-1'", printed);
        Assert.DoesNotContain(" at Serving", printed);
    }

    private static Process Start(params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ServingHost).Assembly.Location])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in RunningHost.NoProviders)
            start.Environment.Remove(name);
        start.Environment["METRICS_PORT"] = "0";
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    private static async Task<Uri> AddressAsync(Process process, List<string>? log = null)
    {
        while (await process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(Patience, Cancellation) is { } line)
        {
            log?.Add(line);
            var match = Regex.Match(line, @"Now listening on: \\?""?(?<url>http://[^\\""]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            if (match.Success)
                return new Uri(match.Groups["url"].Value);
        }

        throw new InvalidOperationException($"The host gave no address: {await process.StandardError.ReadToEndAsync(Cancellation)}");
    }
}
