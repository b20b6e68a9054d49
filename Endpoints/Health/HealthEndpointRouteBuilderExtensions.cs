using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serving.Endpoints;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Handlers;
using Serving.Endpoints.Health;
using Serving.Endpoints.Wire;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the probes of an orchestrator.</summary>
public static class HealthEndpointRouteBuilderExtensions
{
    /// <summary>
    /// <c>GET /health</c>: 200 as long as the process answers at all; restart it when it does not.
    /// <c>GET /ready</c>: 200 while the host wants traffic, 503 before it has started and from the moment it is told to stop. It also tells what each
    /// <see cref="IReadinessDetail"/> of the services says.
    /// </summary>
    public static IEndpointConventionBuilder MapServingHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var readiness = endpoints.ServiceProvider.GetService<HostReadiness>()
            ?? throw new InvalidOperationException("Call builder.Services.AddServing() before MapServingHealth.");
        var services = endpoints.ServiceProvider.GetRequiredService<ServingServices>();
        var details = endpoints.ServiceProvider.GetServices<IReadinessDetail>().ToArray();
        var group = endpoints.MapGroup("").ExcludeFromDescription();
        group.MapGet("/health", (RequestDelegate)(http => AnswerAsync(http, StatusCodes.Status200OK, static writer => writer.WriteString("status"u8, "healthy"u8))));
        group.MapGet("/ready", (RequestDelegate)(http => AnswerAsync(http, readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, writer =>
        {
            writer.WriteString("status"u8, readiness.Status);
            writer.WriteNumber("in_flight"u8, services.Gate.InFlight);
            writer.WriteNumber("limit"u8, services.Gate.Limit);
            foreach (var detail in details)
                Write(writer, detail, services.Logger);
        })));
        return group;
    }

    private static Task AnswerAsync(HttpContext http, int statusCode, Action<Utf8JsonWriter> write)
    {
        http.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(
            http,
            write,
            static (writer, state) =>
            {
                writer.WriteStartObject();
                state(writer);
                writer.WriteEndObject();
            },
            statusCode);
    }

    /// <summary>A detail that fails must not take the probe with it.</summary>
    private static void Write(Utf8JsonWriter writer, IReadinessDetail detail, ILogger logger)
    {
        var value = new ArrayBufferWriter<byte>();
        try
        {
            using var part = new Utf8JsonWriter(value);
            detail.Write(part);
            part.Flush();
            if (part.CurrentDepth > 0 || part.BytesCommitted == 0)
                throw new InvalidOperationException($"The readiness detail '{detail.Name}' wrote no whole JSON value.");
        }
        catch (Exception error)
        {
            Log.DetailFailed(logger, error, detail.Name);
            return;
        }

        writer.WritePropertyName(detail.Name);
        writer.WriteRawValue(value.WrittenSpan);
    }
}
