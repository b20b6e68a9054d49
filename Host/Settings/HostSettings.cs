using Microsoft.Extensions.Options;
using Serving.Endpoints.Metrics;
using Serving.Endpoints.Options;
using Serving.Host.Telemetry;
using Serving.Providers.Telemetry;

namespace Serving.Host.Settings;

/// <summary>The flat settings of the host, from the environment, the command line or any other configuration. Whatever is wrong with them is told at once, at the start.</summary>
internal sealed class HostSettings : IValidateOptions<ServingLimits>
{
    private readonly SettingsReader _settings;
    private readonly List<string> _problems = [];

    private HostSettings(IConfiguration configuration)
    {
        _settings = new SettingsReader(configuration, _problems);
        var port = Port = _settings.Integer("PORT", 8080, 0, 65535);
        var address = _settings.Text("BIND_ADDRESS") ?? "*";
        if (address != "*" && address != "localhost" && !System.Net.IPAddress.TryParse(address, out _))
            _problems.Add($"BIND_ADDRESS is '{address}'; it must be an IP address, 'localhost', or '*' for all interfaces.");
        else
            BindAddress = address;
        if (address.Contains(':', StringComparison.Ordinal))
            address = $"[{address}]";
        // --urls and ASPNETCORE_URLS win.
        Urls = _settings.Has("urls") ? null : $"http://{(port == 0 && address == "*" ? "0.0.0.0" : address)}:{port}";
        EnableMetrics = _settings.Boolean("ENABLE_METRICS", true);
        MetricsPort = _settings.Integer("METRICS_PORT", 9090, 0, 65535);
        if (EnableMetrics && Urls is not null && MetricsPort != 0 && MetricsPort == port)
            _problems.Add($"METRICS_PORT is {MetricsPort}, and so is PORT; metrics have a port of their own. Set one of them to another port.");
        TokenMetrics = _settings.Choice<TokenMetrics>("TOKEN_METRICS") ?? TokenMetrics.Old;
        EnableHealthChecks = _settings.Boolean("ENABLE_HEALTH_CHECKS", true);
        CorsOrigins = Origins();
        LogLevels = LogLevels.Parse(_settings.Text("LOG_LEVEL"), _problems);
        LogAsText = Text();
        Traces = TraceSettings.Read(_settings, _problems);
        OfflinePace = TimeSpan.FromMilliseconds(_settings.Integer("OFFLINE_PACE_MS", 30, 0, 60_000));
    }

    /// <summary>The port of the API, where <see cref="Urls"/> counts.</summary>
    public int Port { get; }

    /// <summary>Where to listen; null if <c>--urls</c> or <c>ASPNETCORE_URLS</c> says it.</summary>
    public string? Urls { get; }

    /// <summary>The interface of both ports.</summary>
    public string BindAddress { get; } = "*";

    public bool EnableMetrics { get; }

    public int MetricsPort { get; }

    /// <summary>By which names tokens are told.</summary>
    public TokenMetrics TokenMetrics { get; }

    public bool EnableHealthChecks { get; }

    /// <summary>Origins that browsers may call from; none means no CORS.</summary>
    public IReadOnlyList<string> CorsOrigins { get; }

    public LogLevels LogLevels { get; }

    /// <summary>Whether logs are for a person at a terminal.</summary>
    public bool LogAsText { get; }

    public TraceSettings Traces { get; }

    /// <summary>The offline model's wait before each word.</summary>
    public TimeSpan OfflinePace { get; }

    public static HostSettings Read(IConfiguration configuration) => new(configuration);

    /// <summary>Sets the limits that are given; the others keep their defaults.</summary>
    public void Apply(ServingLimits limits)
    {
        limits.MaxConcurrentRequests = _settings.Integer("MAX_CONCURRENT_REQUESTS", limits.MaxConcurrentRequests);
        limits.RequestTimeout = _settings.Seconds("REQUEST_TIMEOUT", limits.RequestTimeout);
        limits.StreamTimeout = _settings.Seconds("STREAM_TIMEOUT", limits.StreamTimeout);
        limits.StreamCommitAfter = _settings.Seconds("STREAM_COMMIT_AFTER", limits.StreamCommitAfter);
        limits.StreamHeartbeat = _settings.Seconds("STREAM_HEARTBEAT", limits.StreamHeartbeat);
        limits.WriteTimeout = _settings.Seconds("WRITE_TIMEOUT", limits.WriteTimeout);
        limits.MaxBodyBytes = _settings.Integer("MAX_BODY_BYTES", (int)limits.MaxBodyBytes);
        limits.MaxHeaderBytes = _settings.Integer("MAX_HEADER_BYTES", limits.MaxHeaderBytes);
        limits.MaxJsonDepth = _settings.Integer("MAX_JSON_DEPTH", limits.MaxJsonDepth);
        limits.MaxBatchSize = _settings.Integer("MAX_BATCH_SIZE", limits.MaxBatchSize);
        limits.MaxBatchConcurrency = _settings.Integer("MAX_BATCH_CONCURRENCY", limits.MaxBatchConcurrency);
        limits.MaxPromptLength = _settings.Integer("MAX_PROMPT_LENGTH", limits.MaxPromptLength);
        limits.ShutdownDelay = _settings.Seconds("SHUTDOWN_DELAY", limits.ShutdownDelay);
        limits.DrainTimeout = _settings.Seconds("DRAIN_TIMEOUT", limits.DrainTimeout);
    }

    /// <summary>Where metrics are served.</summary>
    public void Apply(MetricsOptions options)
    {
        options.Port = MetricsPort;
        options.BindAddress = BindAddress;
        options.Meters.Add(ProviderMetrics.MeterName);
    }

    /// <summary>Tells what could not be read; ranges are the limits' own validator's.</summary>
    public ValidateOptionsResult Validate(string? name, ServingLimits options) =>
        _problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_problems.Distinct(StringComparer.Ordinal));

    private List<string> Origins()
    {
        var origins = new List<string>();
        foreach (var origin in _settings.List("CORS_ORIGINS", commas: true) ?? [])
        {
            if (origin == "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin.TrimEnd('/')))
                origins.Add(origin.TrimEnd('/'));
            else
                _problems.Add($"CORS_ORIGINS names '{origin}'; an origin is a scheme, host and port, such as https://app.example.com, or * for any.");
        }

        return origins;
    }

    private bool Text()
    {
        switch (_settings.Text("LOG_FORMAT")?.ToUpperInvariant())
        {
            case null:
                return !Console.IsOutputRedirected;
            case "TEXT":
                return true;
            case "JSON":
                return false;
            default:
                _problems.Add($"LOG_FORMAT is '{_settings.Text("LOG_FORMAT")}'; it must be json or text. Unset it for text at a terminal and json elsewhere.");
                return false;
        }
    }
}
