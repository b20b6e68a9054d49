using OpenTelemetry.Metrics;

namespace Serving.Endpoints.Metrics;

/// <summary>Where metrics are served, and which.</summary>
public sealed class MetricsOptions
{
    /// <summary>The port of the metrics, on a server that serves nothing else.</summary>
    /// <value>Default 9090 (<c>METRICS_PORT</c>). 0 takes a free one, which the log tells.</value>
    public int Port { get; set; } = 9090;

    /// <summary>The interface to listen on: an IP address, <c>localhost</c>, or <c>*</c> for all.</summary>
    /// <value>Default <c>*</c> (<c>BIND_ADDRESS</c>).</value>
    public string BindAddress { get; set; } = "*";

    /// <summary>Names of further meters to expose, besides those of requests, the runtime, the server and HTTP clients.</summary>
    public IList<string> Meters { get; } = [];

    /// <summary>Adds to the provider of metrics, such as another exporter, before it is built; null for nothing.</summary>
    public Action<MeterProviderBuilder>? Configure { get; set; }
}
