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
}
