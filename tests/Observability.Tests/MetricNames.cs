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
        "kube_pod_status_ready",
    ],
    StringComparer.Ordinal);

    public static bool IsOfTheCluster(string name) => OfTheCluster.Contains(name);

    /// <summary>Whether Prometheus makes it: of the target, of alerts, or by a recording rule.</summary>
    public static bool IsOfPrometheus(string name) => name is "up" or "ALERTS" || name.Contains(':', StringComparison.Ordinal);
}
