namespace Serving.Observability.Tests;

/// <summary>Which names the host does not give.</summary>
internal static class MetricNames
{
    /// <summary>What kube-state-metrics and the kubelet give: <c>alerts_test.yml</c> proves the alerts that ask for these.</summary>
    private static readonly HashSet<string> OfTheCluster = new(
    [
        "container_cpu_usage_seconds_total",
        "container_memory_working_set_bytes",
        "kube_pod_container_resource_limits",
        "kube_pod_container_status_restarts_total",
        "kube_pod_deletion_timestamp",
        "kube_pod_status_ready",
    ],
    StringComparer.Ordinal);

    /// <summary>What the host gives once a provider tells of it, and the simulator's wires do not.</summary>
    private static readonly HashSet<string> OfOtherProviders = new(["gen_ai_client_inference_usage_cache_write_input_tokens_total"], StringComparer.Ordinal);

    public static bool IsOfOtherProviders(string name) => OfOtherProviders.Contains(name);

    public static bool IsOfTheCluster(string name) => OfTheCluster.Contains(name);

    /// <summary>Whether Prometheus makes it: of the target, of alerts, or by a recording rule.</summary>
    public static bool IsOfPrometheus(string name) => name is "up" or "ALERTS" || name.Contains(':', StringComparison.Ordinal);
}
