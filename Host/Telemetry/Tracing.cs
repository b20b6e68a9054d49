using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Serving.Host.Telemetry;

/// <summary>The way of spans to a collector, by OpenTelemetry's standard settings. Where no collector is set nothing listens, and no span is made.</summary>
internal static class Tracing
{
    /// <summary>Lets the server describe its spans by OpenTelemetry's conventions. Before the server is made.</summary>
    public static void DescribeRequests() => AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);

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
    /// Completes the server's spans by their routes and statuses. A path that holds values of the caller, such as a packed config, is left out: the route tells enough.
    /// </summary>
    public static void UseRoutesInSpans(this WebApplication app) => app.Use((http, next) =>
        http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span ? CompleteAsync(span, http, next) : next(http));

    private static async Task CompleteAsync(Activity span, HttpContext http, RequestDelegate next)
    {
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(http);
            status = http.Response.StatusCode;
        }
        finally
        {
            if ((http.GetEndpoint() as RouteEndpoint)?.RoutePattern is { RawText: { } route } pattern)
            {
                span.DisplayName = $"{span.GetTagItem("http.request.method")} {route}";
                span.SetTag("http.route", route);
                if (pattern.Parameters.Count > 0)
                    span.SetTag("url.path", null);
            }

            span.SetTag("http.response.status_code", status);
            if (status >= StatusCodes.Status500InternalServerError)
                span.SetStatus(ActivityStatusCode.Error);
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
