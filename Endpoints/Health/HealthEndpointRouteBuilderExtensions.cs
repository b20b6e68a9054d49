using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Wire;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the probes of an orchestrator.</summary>
public static class HealthEndpointRouteBuilderExtensions
{
    /// <summary>
    /// <c>GET /health</c>: 200 as long as the process answers at all; restart it when it does not.
    /// <c>GET /ready</c>: 200 while the host wants traffic, 503 before it has started and from the moment it is told to stop.
    /// </summary>
    public static IEndpointConventionBuilder MapServingHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var readiness = endpoints.ServiceProvider.GetService<HostReadiness>()
            ?? throw new InvalidOperationException("Call builder.Services.AddServing() before MapServingHealth.");
        var gate = endpoints.ServiceProvider.GetRequiredService<AdmissionGate>();
        var group = endpoints.MapGroup("").ExcludeFromDescription();
        group.MapGet("/health", (RequestDelegate)(http => AnswerAsync(http, "healthy", null, StatusCodes.Status200OK)));
        group.MapGet("/ready", (RequestDelegate)(http => AnswerAsync(
            http,
            readiness.Status,
            gate,
            readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable)));
        return group;
    }

    private static Task AnswerAsync(HttpContext http, string status, AdmissionGate? gate, int statusCode)
    {
        http.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(
            http,
            (status, gate),
            static (writer, state) =>
            {
                writer.WriteStartObject();
                writer.WriteString("status"u8, state.status);
                if (state.gate is not null)
                {
                    writer.WriteNumber("in_flight"u8, state.gate.InFlight);
                    writer.WriteNumber("limit"u8, state.gate.Limit);
                }

                writer.WriteEndObject();
            },
            statusCode);
    }
}
