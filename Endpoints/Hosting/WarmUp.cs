using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Handlers;
using Serving.Endpoints.Metrics;
using Serving.Endpoints.Options;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;
using Serving.Runtime.Chat;

namespace Serving.Endpoints.Hosting;

/// <summary>
/// Answers a few requests to nobody before the host is ready, so that the first caller does not wait for code to be compiled and tables to be filled. They go to a
/// chain of its own before the offline model, with a gate, a meter and a log that nobody looks at: the host's chains are not called, and nothing counts them.
/// </summary>
internal sealed class WarmUp(IOptions<ServingLimits> limits, IServiceProvider services) : IHostedLifecycleService
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"input":{"topic":"parrots"},"config":{"tags":["warm-up"]}}""");

    // While the host starts it is not ready yet: the server answers probes, and nobody is sent here.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        using var silence = new Activity("warm-up") { IsAllDataRequested = false }.Start(); // no span below it
        using var meters = new UnheardMeters();
        using var gate = new AdmissionGate(limits);
        var own = new ServingServices(limits, gate, TimeProvider.System, new ServingMetrics(meters, gate), new PromptLimits(), NullLoggerFactory.Instance);
        var chain = ChatPromptTemplate.FromMessages(("human", "{topic}"))
            .Pipe(new ChatModel(new OfflineChatClient(new OfflineModelOptions { PieceDelay = TimeSpan.Zero })))
            .Pipe(new StrOutputParser());
        var handler = new ChainHandler<ChainValues, string>(chain, new ChainOptions { Name = "warm-up" }, own);
        await handler.InvokeAsync(Request());
        await handler.StreamAsync(Request());
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private DefaultHttpContext Request()
    {
        var http = new DefaultHttpContext { RequestServices = services };
        http.Request.Method = HttpMethods.Post;
        http.Request.ContentType = "application/json";
        http.Request.ContentLength = Body.Length;
        http.Request.Body = new MemoryStream(Body, writable: false);
        http.Response.Body = new MemoryStream();
        return http;
    }

    /// <summary>Meters under a name that nobody listens to.</summary>
    private sealed class UnheardMeters : IMeterFactory
    {
        private readonly Meter _meter = new("Serving.WarmUp");

        public Meter Create(MeterOptions options) => _meter;

        public void Dispose() => _meter.Dispose();
    }
}
