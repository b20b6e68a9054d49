using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Metrics;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Handlers;

/// <summary>One request on its way.</summary>
internal sealed class ChainRequest(HttpContext http, string endpoint, ChainMetrics metrics, RequestServices services, long started)
{
    public HttpContext Http { get; } = http;

    /// <summary>The endpoint's name: invoke, batch, stream, stream_log, stream_events.</summary>
    public string Endpoint { get; } = endpoint;

    public ChainMetrics Metrics { get; } = metrics;

    /// <summary>What its runs may ask for services.</summary>
    public RequestServices Services { get; } = services;

    /// <summary>When it came, as a timestamp of the host's clock.</summary>
    public long Started { get; } = started;

    /// <summary>How long its runs wait for models; null where nobody measures.</summary>
    public ModelWait? ModelWait { get; set; }

    public JsonElement Body { get; set; }

    public RequestDeadline? Deadline { get; set; }

    /// <summary>The root run's id: made here, unless the caller gives one. Of a batch it is the first run's.</summary>
    public Guid RunId { get; set; } = RunIds.New();

    /// <summary>What adds up over all its runs.</summary>
    public RunTally Tally { get; } = new();

    /// <summary>Its span; null if nobody records spans.</summary>
    public Activity? Span { get; init; }

    /// <summary>What the client was told went wrong.</summary>
    public ErrorAnswer? Error { get; set; }

    /// <summary>What went wrong after the status was sent.</summary>
    public Exception? Failure { get; set; }
}
