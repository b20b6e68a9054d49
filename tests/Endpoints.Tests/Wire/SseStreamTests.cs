using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Tests.Wire;

public sealed class SseStreamTests
{
    [Theory]
    [InlineData("stream")]
    [InlineData("stream_events")]
    public async Task Stream_NobodyReads_IsEndedAndItsChainCancelled(string endpoint)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var piece = new string('a', 64 * 1024);
        var chain = Runnable.Generator<JsonElement, string>("endless", (_, context) => RunAsync(context));
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.Configure<ServingLimits>(limits => limits.WriteTimeout = TimeSpan.FromSeconds(1)),
            app => app.MapRunnable("/endless", chain));
        var address = new Uri(app.Urls.First());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);

        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"POST /endless/{endpoint} HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n{{\"input\": 1}}"),
            TestContext.Current.CancellationToken);

        await cancelled.Task.OrTimeout();
        Assert.True(SpinWait.SpinUntil(() => app.Services.GetRequiredService<AdmissionGate>().InFlight == 0, TestHost.Timeout));

        async IAsyncEnumerable<string> RunAsync(RunContext context)
        {
            try
            {
                while (!context.CancellationToken.IsCancellationRequested)
                {
                    await Task.Yield();
                    yield return piece;
                }
            }
            finally
            {
                if (context.CancellationToken.IsCancellationRequested)
                    cancelled.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task Stream_FirstPiece_LeavesWithTheMetadataAndEachOtherEventAlone()
    {
        var chain = Runnable.Generator<JsonElement, string>("two", (_, _) => PiecesAsync());
        await using var app = await TestHost.StartAsync(_ => { }, app => app.MapRunnable("/two", chain));
        var address = new Uri(app.Urls.First());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync(
            "POST /two/stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 12\r\n\r\n{\"input\": 1}"u8.ToArray(),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);

        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        // A chunk of the HTTP answer is what was flushed at once; an event ends with two line ends, as the chunk around it does with one.
        var chunks = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split("\r\n\r\n\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["metadata,data", "data", "end", ""],
            chunks.Select(chunk => string.Join(',', chunk.Split("\r\n").Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line["event: ".Length..]))));

        static async IAsyncEnumerable<string> PiecesAsync()
        {
            await Task.Yield();
            yield return "one";
            yield return "two";
        }
    }
}
