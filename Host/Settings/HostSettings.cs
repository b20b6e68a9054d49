using System.Globalization;
using Microsoft.Extensions.Options;
using Serilog.Events;
using Serving.Endpoints.Options;

namespace Serving.Host.Settings;

/// <summary>The flat settings of the host, from the environment, the command line or any other configuration. Whatever is wrong with them is told at once, at the start.</summary>
internal sealed class HostSettings : IValidateOptions<ServingLimits>
{
    private readonly IConfiguration _configuration;
    private readonly List<string> _problems = [];

    private HostSettings(IConfiguration configuration)
    {
        _configuration = configuration;
        var port = Integer("PORT", 8080, 0, 65535);
        var address = _configuration["BIND_ADDRESS"] is { Length: > 0 } given ? given : "*";
        if (address != "*" && address != "localhost" && !System.Net.IPAddress.TryParse(address, out _))
            _problems.Add($"BIND_ADDRESS is '{address}'; it must be an IP address, 'localhost', or '*' for all interfaces.");
        if (address.Contains(':', StringComparison.Ordinal))
            address = $"[{address}]";
        // --urls and ASPNETCORE_URLS win.
        Urls = _configuration["urls"] is { Length: > 0 } ? null : $"http://{(port == 0 && address == "*" ? "0.0.0.0" : address)}:{port}";
        EnableHealthChecks = Boolean("ENABLE_HEALTH_CHECKS", true);
        CorsOrigins = Origins();
        LogLevel = Level();
        LogAsText = Text();
        OfflinePace = TimeSpan.FromMilliseconds(Integer("OFFLINE_PACE_MS", 30, 0, 60_000));
    }

    /// <summary>Where to listen; null if <c>--urls</c> or <c>ASPNETCORE_URLS</c> says it.</summary>
    public string? Urls { get; }

    public bool EnableHealthChecks { get; }

    /// <summary>Origins that browsers may call from; none means no CORS.</summary>
    public IReadOnlyList<string> CorsOrigins { get; }

    public LogEventLevel LogLevel { get; }

    /// <summary>Whether logs are for a person at a terminal.</summary>
    public bool LogAsText { get; }

    /// <summary>The offline model's wait before each word.</summary>
    public TimeSpan OfflinePace { get; }

    public static HostSettings Read(IConfiguration configuration) => new(configuration);

    /// <summary>Sets the limits that are given; the others keep their defaults.</summary>
    public void Apply(ServingLimits limits)
    {
        limits.MaxConcurrentRequests = Integer("MAX_CONCURRENT_REQUESTS", limits.MaxConcurrentRequests);
        limits.RequestTimeout = Seconds("REQUEST_TIMEOUT", limits.RequestTimeout);
        limits.StreamTimeout = Seconds("STREAM_TIMEOUT", limits.StreamTimeout);
        limits.StreamCommitAfter = Seconds("STREAM_COMMIT_AFTER", limits.StreamCommitAfter);
        limits.StreamHeartbeat = Seconds("STREAM_HEARTBEAT", limits.StreamHeartbeat);
        limits.WriteTimeout = Seconds("WRITE_TIMEOUT", limits.WriteTimeout);
        limits.MaxBodyBytes = Integer("MAX_BODY_BYTES", (int)limits.MaxBodyBytes);
        limits.MaxHeaderBytes = Integer("MAX_HEADER_BYTES", limits.MaxHeaderBytes);
        limits.MaxJsonDepth = Integer("MAX_JSON_DEPTH", limits.MaxJsonDepth);
        limits.MaxBatchSize = Integer("MAX_BATCH_SIZE", limits.MaxBatchSize);
        limits.MaxBatchConcurrency = Integer("MAX_BATCH_CONCURRENCY", limits.MaxBatchConcurrency);
        limits.MaxPromptLength = Integer("MAX_PROMPT_LENGTH", limits.MaxPromptLength);
        limits.ShutdownDelay = Seconds("SHUTDOWN_DELAY", limits.ShutdownDelay);
        limits.DrainTimeout = Seconds("DRAIN_TIMEOUT", limits.DrainTimeout);
    }

    /// <summary>Tells what could not be read; ranges are the limits' own validator's.</summary>
    public ValidateOptionsResult Validate(string? name, ServingLimits options) =>
        _problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_problems.Distinct(StringComparer.Ordinal));

    private int Integer(string key, int fallback, int minimum = int.MinValue, int maximum = int.MaxValue)
    {
        if (_configuration[key] is not { Length: > 0 } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
            return value;
        _problems.Add(minimum == int.MinValue
            ? $"{key} is '{text}'; it must be a whole number. Unset it for {fallback}."
            : $"{key} is '{text}'; it must be a whole number from {minimum} to {maximum}. Unset it for {fallback}.");
        return fallback;
    }

    private TimeSpan Seconds(string key, TimeSpan fallback)
    {
        if (_configuration[key] is not { Length: > 0 } text)
            return fallback;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86_400)
            return TimeSpan.FromSeconds(seconds);
        _problems.Add($"{key} is '{text}'; it must be seconds from 0 to 86400, such as 30 or 0.5. Unset it for {fallback.TotalSeconds.ToString(CultureInfo.InvariantCulture)}.");
        return fallback;
    }

    private bool Boolean(string key, bool fallback)
    {
        switch (_configuration[key]?.ToUpperInvariant())
        {
            case null or "":
                return fallback;
            case "TRUE" or "1" or "YES" or "ON":
                return true;
            case "FALSE" or "0" or "NO" or "OFF":
                return false;
            default:
                _problems.Add($"{key} is '{_configuration[key]}'; it must be true or false. Unset it for {(fallback ? "true" : "false")}.");
                return fallback;
        }
    }

    private List<string> Origins()
    {
        var origins = new List<string>();
        foreach (var origin in (_configuration["CORS_ORIGINS"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (origin == "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin.TrimEnd('/')))
                origins.Add(origin.TrimEnd('/'));
            else
                _problems.Add($"CORS_ORIGINS names '{origin}'; an origin is a scheme, host and port, such as https://app.example.com, or * for any.");
        }

        return origins;
    }

    private LogEventLevel Level()
    {
        switch (_configuration["LOG_LEVEL"]?.ToUpperInvariant())
        {
            case null or "" or "INFORMATION" or "INFO":
                return LogEventLevel.Information;
            case "TRACE" or "VERBOSE":
                return LogEventLevel.Verbose;
            case "DEBUG":
                return LogEventLevel.Debug;
            case "WARNING" or "WARN":
                return LogEventLevel.Warning;
            case "ERROR":
                return LogEventLevel.Error;
            case "CRITICAL" or "FATAL":
                return LogEventLevel.Fatal;
            default:
                _problems.Add($"LOG_LEVEL is '{_configuration["LOG_LEVEL"]}'; it must be Trace, Debug, Information, Warning, Error or Critical.");
                return LogEventLevel.Information;
        }
    }

    private bool Text()
    {
        switch (_configuration["LOG_FORMAT"]?.ToUpperInvariant())
        {
            case null or "":
                return !Console.IsOutputRedirected;
            case "TEXT":
                return true;
            case "JSON":
                return false;
            default:
                _problems.Add($"LOG_FORMAT is '{_configuration["LOG_FORMAT"]}'; it must be json or text. Unset it for text at a terminal and json elsewhere.");
                return false;
        }
    }
}
