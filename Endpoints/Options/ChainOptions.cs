using Microsoft.AspNetCore.Http;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Options;

/// <summary>How one chain is served. Read once, when the chain is mapped.</summary>
public sealed class ChainOptions
{
    /// <summary>The chain's name in the index, in OpenAPI and in metrics.</summary>
    /// <value>Default null: the path without its leading slash.</value>
    public string? Name { get; set; }

    /// <summary>What the chain does, for people. It reaches clients.</summary>
    public string? Description { get; set; }

    /// <summary>Which endpoints the chain has; the others are 404.</summary>
    /// <value>Default all.</value>
    public ChainEndpoints Endpoints { get; set; } = ChainEndpoints.All;

    /// <summary>Which keys of a config callers may set. Others are dropped, but for <c>configurable</c>, which is refused with 422.</summary>
    /// <value>Default <see cref="ConfigKeys.Configurable"/>.</value>
    public ConfigKeys ConfigKeys { get; set; } = ConfigKeys.Configurable;

    /// <summary>
    /// Changes the config of each request, after the caller's was read and before the input is: the place for the caller's identity.
    /// May throw a <see cref="Runtime.Errors.ServingException"/> to refuse. Runs once per config of a batch.
    /// </summary>
    public Func<RunConfig, HttpContext, ValueTask<RunConfig>>? PerRequestConfig { get; set; }

    /// <summary>Whether answers of invoke and batch carry the events of their runs, prompts and answers included.</summary>
    /// <value>Default false.</value>
    public bool IncludeCallbackEvents { get; set; }

    /// <summary>The form of the events that <c>/stream_events</c> sends.</summary>
    /// <value>Default <see cref="StreamEventsVersion.V2"/>.</value>
    public StreamEventsVersion StreamEventsVersion { get; set; } = StreamEventsVersion.V2;

    /// <summary>An input that the chain takes, for the documentation.</summary>
    public object? ExampleInput { get; set; }
}
