using System.Globalization;
using Serving.Host.Settings;

namespace Serving.Host.Telemetry;

/// <summary>
/// The standard settings of traces, as far as the host has to know them. OpenTelemetry reads them too, but passes over what it does not understand;
/// here that stops the start.
/// </summary>
internal sealed class TraceSettings
{
    private static readonly string[] Samplers =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    private TraceSettings(SettingsReader settings, List<string> problems)
    {
        var before = problems.Count;
        var hasEndpoint = Address(settings, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", problems) | Address(settings, "OTEL_EXPORTER_OTLP_ENDPOINT", problems);
        Word(settings, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", problems, "grpc", "http/protobuf");
        Word(settings, "OTEL_EXPORTER_OTLP_PROTOCOL", problems, "grpc", "http/protobuf");
        var exporter = Word(settings, "OTEL_TRACES_EXPORTER", problems, "otlp", "none");
        var sampler = Word(settings, "OTEL_TRACES_SAMPLER", problems, Samplers);
        if (sampler?.EndsWith("traceidratio", StringComparison.Ordinal) == true
            && settings.Text("OTEL_TRACES_SAMPLER_ARG") is { } share
            && !(double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1))
        {
            problems.Add($"OTEL_TRACES_SAMPLER_ARG is '{share}'; it must be a share from 0 to 1, such as 0.01. Unset it for 1.");
        }

        var capture = Word(
            settings, "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", problems, "false", "true", "no_content", "span_only", "event_only", "span_and_event");
        IsOn = hasEndpoint && exporter != "none" && !settings.Boolean("OTEL_SDK_DISABLED", false) && problems.Count == before;
        CapturesContent = IsOn && capture is ("true" or "span_only" or "span_and_event");
        Keys = [.. KeysIn(settings.Text("OTEL_EXPORTER_OTLP_HEADERS")), .. KeysIn(settings.Text("OTEL_EXPORTER_OTLP_TRACES_HEADERS"))];
    }

    /// <summary>Whether there is somewhere to send spans to.</summary>
    public bool IsOn { get; }

    /// <summary>Whether spans of calls carry what was asked and answered.</summary>
    public bool CapturesContent { get; }

    /// <summary>What authorizes the host at the collector.</summary>
    public IReadOnlyList<string> Keys { get; }

    public static TraceSettings Read(SettingsReader settings, List<string> problems) => new(settings, problems);

    private static IEnumerable<string> KeysIn(string? headers) =>
        (headers ?? "").Split(',').Select(header => Uri.UnescapeDataString(header[(header.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim()));

    private static bool Address(SettingsReader settings, string key, List<string> problems)
    {
        if (settings.Address(key) is not { } address)
            return false;
        if (address.Scheme is not ("http" or "https"))
            problems.Add($"{key} is no address of http or https. Set it to where the collector is, such as http://collector:4317.");
        return true;
    }

    private static string? Word(SettingsReader settings, string key, List<string> problems, params string[] words)
    {
        var word = settings.Text(key)?.Trim().ToLowerInvariant();
        if (word is null || words.Contains(word, StringComparer.Ordinal))
            return word;
        problems.Add($"{key} is '{settings.Text(key)}'; it must be {string.Join(", ", words[..^1])} or {words[^1]}.");
        return null;
    }
}
