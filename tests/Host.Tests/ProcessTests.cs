using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

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
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    private static async Task<Uri> AddressAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(Patience, Cancellation) is { } line)
        {
            var match = Regex.Match(line, @"Now listening on: \\?""?(?<url>http://[^\\""]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            if (match.Success)
                return new Uri(match.Groups["url"].Value);
        }

        throw new InvalidOperationException($"The host gave no address: {await process.StandardError.ReadToEndAsync(Cancellation)}");
    }
}
