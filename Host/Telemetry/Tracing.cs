using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Serving.Host.Telemetry;

/// <summary>The way of spans to a collector, by OpenTelemetry's standard settings. Where no collector is set nothing listens, and no span is made.</summary>
internal static class Tracing
{
    private static readonly FrozenSet<string> Methods =
        FrozenSet.Create(StringComparer.Ordinal, "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    /// <summary>Begins to listen. Disposing the provider sends what is left.</summary>
    public static TracerProvider Create(IConfiguration configuration) => Sdk.CreateTracerProviderBuilder()
        .ConfigureServices(services => services.AddSingleton(configuration))
        .ConfigureResource(Describe)
        .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Serving.*")
        .AddProcessor(new WithoutProbes())
        .AddOtlpExporter()
        .Build();

    /// <summary>The service is <c>serving</c>, unless <c>OTEL_SERVICE_NAME</c> or <c>OTEL_RESOURCE_ATTRIBUTES</c> say otherwise.</summary>
    public static void Describe(ResourceBuilder resource) => resource
        .AddService("serving", serviceVersion: typeof(Tracing).Assembly.GetName().Version?.ToString(3))
        .AddEnvironmentVariableDetector();

    /// <summary>
    /// Describes the server's spans by OpenTelemetry's conventions. The server can do that too, but does it for every request, recorded or not. A path that holds values of the caller, such as
    /// a packed config, is left out: the route tells enough.
    /// </summary>
    public static void UseDescribedSpans(this WebApplication app) => app.Use((http, next) =>
        http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span ? DescribeAsync(span, http, next) : next(http));

    private static async Task DescribeAsync(Activity span, HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        var method = Methods.Contains(request.Method) ? request.Method : "_OTHER";
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern;
        span.DisplayName = $"{(method == "_OTHER" ? "HTTP" : method)} {route?.RawText}".TrimEnd();
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route?.RawText);
        span.SetTag("url.scheme", request.Scheme);
        if (route is not { Parameters.Count: > 0 })
            span.SetTag("url.path", request.Path.Value);
        span.SetTag("server.address", request.Host.Host);
        span.SetTag("server.port", request.Host.Port);
        span.SetTag("network.protocol.version", request.Protocol[(request.Protocol.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        span.SetTag("user_agent.original", request.Headers.UserAgent.ToString());
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(http);
            status = http.Response.StatusCode;
        }
        finally
        {
            span.SetTag("http.response.status_code", status);
            if (status >= StatusCodes.Status500InternalServerError)
            {
                span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    /// <summary>Orchestrators ask every few seconds; nobody reads about it.</summary>
    private sealed class WithoutProbes : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.Kind == ActivityKind.Server && data.GetTagItem("http.route") is "/health" or "/ready")
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
