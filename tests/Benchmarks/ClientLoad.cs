using System.Diagnostics;
using System.Globalization;
using Anthropic;
using Microsoft.Extensions.AI;
using Serving.Providers.Anthropic;

namespace Serving.Benchmarks;

/// <summary>
/// Our client of Anthropic against the official one, in turns A B A B, against a server in a process of its own: CPU time and allocations of this process
/// per call, and per piece of a stream.
/// </summary>
internal static class ClientLoad
{
    public const int Pieces = 1000;
    private const int Calls = 3000;
    private const int Streams = 60;

    private static readonly ChatMessage[] Messages = [new(ChatRole.System, "You tell short, clean jokes."), new(ChatRole.User, "Tell me a joke about parrots.")];

    public static async Task<int> RunAsync(LoadOptions options)
    {
        await using var server = await ServerProcess.StartAsync("bare-anthropic");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var official = new AnthropicClient { ApiKey = "sk-none", BaseUrl = server.Address.GetLeftPart(UriPartial.Authority), MaxRetries = 0 }.AsIChatClient("claude", 4096);
        using IChatClient ours = new AnthropicChatClient(http, new AnthropicClientOptions { ModelId = "claude", BaseUrl = server.Address, ApiKey = () => "sk-none" });
        Console.WriteLine($"machine: {Environment.ProcessorCount} cores, .NET {Environment.Version}, {options.Rounds} rounds of {Calls} calls and {Streams} streams of {Pieces} pieces in turn");
        foreach (var client in (IChatClient[])[official, ours])
        {
            await CallAsync(client, Calls);
            await StreamAsync(client, Streams);
        }

        var samples = new Dictionary<string, List<(double Cpu, double Bytes)>>();
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (name, client) in new[] { ("official", official), ("ours", ours) })
            {
                await AddAsync(samples, $"{name}, call", Calls, () => CallAsync(client, Calls));
                await AddAsync(samples, $"{name}, piece", Streams * Pieces, () => StreamAsync(client, Streams));
            }
        }

        foreach (var (name, taken) in samples.OrderBy(sample => sample.Key.Split(", ")[1], StringComparer.Ordinal))
        {
            var each = string.Join(" ", taken.Select(sample => sample.Cpu.ToString("0.00", CultureInfo.InvariantCulture)));
            Console.WriteLine($"{name,-16} {Median(taken.Select(sample => sample.Cpu)),8:0.00} µs CPU {Median(taken.Select(sample => sample.Bytes)),8:0} B   ({each})");
        }

        return 0;
    }

    private static async Task CallAsync(IChatClient client, int count)
    {
        for (var i = 0; i < count; i++)
            await client.GetResponseAsync(Messages);
    }

    private static async Task StreamAsync(IChatClient client, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var length = 0;
            await foreach (var update in client.GetStreamingResponseAsync(Messages))
                length += update.Text.Length;
            if (length != Pieces * " token".Length)
                throw new InvalidOperationException($"A stream gave {length} characters.");
        }
    }

    private static async Task AddAsync(Dictionary<string, List<(double Cpu, double Bytes)>> samples, string name, int count, Func<Task> run)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var (cpu, bytes) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
        await run();
        process.Refresh();
        var sample = ((process.TotalProcessorTime - cpu).TotalMicroseconds / count, (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / count);
        (samples.TryGetValue(name, out var list) ? list : samples[name] = []).Add(sample);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt((values.Count() - 1) / 2);
}
