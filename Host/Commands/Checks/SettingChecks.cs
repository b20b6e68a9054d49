using Serilog.Events;
using Serving.Host.Telemetry;

namespace Serving.Host.Commands.Checks;

/// <summary>Checks of what is set, each setting alone.</summary>
internal static class SettingChecks
{
    public static IEnumerable<Finding> Settings(Facts facts)
    {
        var findings = facts.Problems.Where(problem => !IsOfKey(problem)).Select(problem => Finding.Fail(problem))
            .Concat(facts.Doubts.Select(doubt => Finding.Warn(doubt + ".")))
            .ToList();
        return findings.Count > 0 ? findings : [Finding.Pass("Every setting is understood and within its limits.")];
    }

    /// <summary>Whether a problem of the settings is one of a key.</summary>
    public static bool IsOfKey(string problem)
    {
        var subject = problem.Split(' ')[0];
        return subject.Contains("API_KEY", StringComparison.Ordinal) || subject.Contains(":ApiKey", StringComparison.Ordinal);
    }

    public static IEnumerable<Finding> Health(Facts facts) =>
        [facts.Host.EnableHealthChecks
            ? Finding.Pass("/health and /ready are served.")
            : Finding.Warn("ENABLE_HEALTH_CHECKS is false: no orchestrator can tell how the host is.", "Set ENABLE_HEALTH_CHECKS to true.")];

    public static IEnumerable<Finding> Metrics(Facts facts) =>
        [facts.Host.EnableMetrics
            ? Finding.Pass($"Metrics are served on port {facts.Host.MetricsPort}.")
            : Finding.Warn("ENABLE_METRICS is false: dashboards, alerts and an autoscaler by requests see nothing.", "Set ENABLE_METRICS to true.")];

    public static IEnumerable<Finding> Cors(Facts facts) =>
        [facts.Host.CorsOrigins.Contains("*")
            ? Finding.Warn("CORS_ORIGINS is *: any page that a browser shows may call the host.", "Set CORS_ORIGINS to the origins of your pages, such as https://app.example.com.")
            : Finding.Pass(facts.Host.CorsOrigins.Count == 0 ? "No page of another origin may call." : $"Pages of {facts.Host.CorsOrigins.Count} origins may call.")];

    public static IEnumerable<Finding> Content(Facts facts)
    {
        if (facts.Host.LogLevels.Categories[LogLevels.Content] == LogEventLevel.Verbose)
            yield return Finding.Warn($"LOG_LEVEL has {LogLevels.Content}=Trace: prompts and answers are in the log.", "Leave it out where callers' texts are none of the log's readers' business.");
        if (facts.Host.Traces.CapturesContent)
            yield return Finding.Warn("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT is on: prompts and answers are sent along with traces.", "Unset it where the collector's readers may not see them.");
        if (facts.Host.LogLevels.Categories[LogLevels.Content] != LogEventLevel.Verbose && !facts.Host.Traces.CapturesContent)
            yield return Finding.Pass("Prompts and answers are neither logged nor sent along with traces.");
    }
}
