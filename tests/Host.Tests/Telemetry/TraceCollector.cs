using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Serving.Host.Tests.Telemetry;

/// <summary>
/// A collector of OTLP over HTTP and gRPC. The sources of spans are those of the process, so it gets the spans of tests beside its own too: each test looks
/// at the trace it has begun.
/// </summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _requests = [];

    private TraceCollector()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    public Uri Http => new(_app.Urls.First());

    public Uri Grpc => new(_app.Urls.Last());

    /// <summary>The spans that have come so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. _requests.SelectMany(request => ReceivedSpan.ReadAll(request))];

    public static async Task<TraceCollector> StartAsync()
    {
        var collector = new TraceCollector();
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>What is set to send spans to this one.</summary>
    public string[] Settings(bool grpc = false) =>
        [$"--OTEL_EXPORTER_OTLP_ENDPOINT={(grpc ? Grpc : Http)}", $"--OTEL_EXPORTER_OTLP_PROTOCOL={(grpc ? "grpc" : "http/protobuf")}"];

    /// <summary>The spans of a trace, but those of providers that run in this process.</summary>
    public Trace Of(ActivityTraceId trace)
    {
        var spans = Spans.Where(span => span.TraceId == trace.ToHexString()).ToList();
        return new Trace(trace, [.. spans.Where(span => span.Kind != 2 || spans.TrueForAll(other => other.Id != span.ParentId))]);
    }

    /// <summary>What all spans of a trace say, those of providers in this process too.</summary>
    public IEnumerable<string> Texts(ActivityTraceId trace) => Spans
        .Where(span => span.TraceId == trace.ToHexString())
        .SelectMany(span => span.Events.SelectMany(one => one.Tags.Append(new("event", one.Name))).Concat(span.Tags).Append(new("name", span.Name)))
        .SelectMany(tag => (tag.Value as object?[] ?? [tag.Value]).Select(value => $"{tag.Key}={value}"));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (http.Request.ContentType != "application/grpc")
        {
            if (http.Request.Path == "/v1/traces")
                _requests.Enqueue(body.ToArray());
            http.Response.ContentType = "application/x-protobuf";
            return;
        }

        // A gRPC message has a byte for its compression and four for its length before it.
        if (http.Request.Path == "/opentelemetry.proto.collector.trace.v1.TraceService/Export")
            _requests.Enqueue(body.ToArray()[5..]);
        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(new byte[5], http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
