using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Handlers;

namespace Serving.Endpoints.Telemetry;

/// <summary>Requests to chains as spans of the source <c>Serving.Endpoints</c>, below the server's own. The span of a single run is that run's span too.</summary>
internal static class ChainSpans
{
    private static readonly ActivitySource Source = new("Serving.Endpoints");

    /// <summary>Begins a span; null if nobody wants one.</summary>
    public static Activity? Start(string endpoint, string chain)
    {
        if (!Source.HasListeners() || Activity.Current is { IsAllDataRequested: false })
            return null;
        var span = Source.StartActivity($"{endpoint} {chain}");
        span?.SetTag("serving.chain", chain);
        span?.SetTag("serving.endpoint", endpoint);
        return span;
    }

    /// <summary>Tells how the request ended. The span is left running.</summary>
    public static void Tell(Activity span, ChainRequest request, int status)
    {
        span.SetTag("serving.run.id", request.RunId.ToString());
        span.SetTag("serving.status", status);
        if (request.Tally.InputTokens is { } input)
            span.SetTag("gen_ai.usage.input_tokens", input);
        if (request.Tally.OutputTokens is { } output)
            span.SetTag("gen_ai.usage.output_tokens", output);
        if (status == StatusCodes.Status499ClientClosedRequest)
            span.SetTag("error.type", "cancelled");
        else if (request.Error is { } error)
            span.SetTag("error.type", error.Type);
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
