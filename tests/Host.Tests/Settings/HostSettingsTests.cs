using Microsoft.Extensions.Configuration;
using Serving.Endpoints.Options;
using Serving.Endpoints.Metrics;
using Serving.Host.Settings;
using Serving.Providers.Telemetry;

namespace Serving.Host.Tests.Settings;

public sealed class HostSettingsTests
{
    [Fact]
    public void Read_NothingSet_GivesTheDocumentedDefaults()
    {
        var limits = new ServingLimits();
        var settings = Read();
        settings.Apply(limits);

        Assert.Equal("http://*:8080", settings.Urls);
        Assert.True(settings.EnableHealthChecks);
        Assert.Equal((true, 9090, "*", TokenMetrics.Old), (settings.EnableMetrics, settings.MetricsPort, settings.BindAddress, settings.TokenMetrics));
        Assert.Empty(settings.CorsOrigins);
        Assert.Equal(1000, limits.MaxConcurrentRequests);
        Assert.Equal(TimeSpan.FromSeconds(60), limits.RequestTimeout);
        Assert.Equal(TimeSpan.FromSeconds(600), limits.StreamTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), limits.StreamCommitAfter);
        Assert.True(settings.Validate(null, limits).Succeeded);
    }

    [Fact]
    public void Read_EveryLimitSet_SetsEveryLimit()
    {
        var limits = new ServingLimits();
        Read(
            ("MAX_CONCURRENT_REQUESTS", "7"),
            ("REQUEST_TIMEOUT", "1.5"),
            ("STREAM_TIMEOUT", "20"),
            ("STREAM_COMMIT_AFTER", "0.25"),
            ("STREAM_HEARTBEAT", "3"),
            ("WRITE_TIMEOUT", "4"),
            ("MAX_BODY_BYTES", "2048"),
            ("MAX_HEADER_BYTES", "4096"),
            ("MAX_JSON_DEPTH", "20"),
            ("MAX_BATCH_SIZE", "5"),
            ("MAX_BATCH_CONCURRENCY", "2"),
            ("MAX_PROMPT_LENGTH", "100"),
            ("SHUTDOWN_DELAY", "0"),
            ("DRAIN_TIMEOUT", "6")).Apply(limits);

        Assert.Equal(
            (7, 1.5, 20d, 0.25, 3d, 4d, 2048L, 4096, 20, 5, 2, 100, 0d, 6d),
            (limits.MaxConcurrentRequests, limits.RequestTimeout.TotalSeconds, limits.StreamTimeout.TotalSeconds, limits.StreamCommitAfter.TotalSeconds,
                limits.StreamHeartbeat.TotalSeconds, limits.WriteTimeout.TotalSeconds, limits.MaxBodyBytes, limits.MaxHeaderBytes, limits.MaxJsonDepth, limits.MaxBatchSize,
                limits.MaxBatchConcurrency, limits.MaxPromptLength, limits.ShutdownDelay.TotalSeconds, limits.DrainTimeout.TotalSeconds));
    }

    [Fact]
    public void Validate_SeveralSettingsWrong_TellsAllWithKeyValueAndCure()
    {
        var limits = new ServingLimits();
        var settings = Read(("PORT", "70000"), ("REQUEST_TIMEOUT", "soon"), ("LOG_LEVEL", "loud"), ("ENABLE_HEALTH_CHECKS", "maybe"), ("CORS_ORIGINS", "example.com"), ("BIND_ADDRESS", "here"));
        settings.Apply(limits);

        var failures = settings.Validate(null, limits).Failures!.ToList();

        Assert.Equal(6, failures.Count);
        Assert.Contains(failures, failure => failure.Contains("PORT is '70000'") && failure.Contains("from 0 to 65535"));
        Assert.Contains(failures, failure => failure.Contains("REQUEST_TIMEOUT is 'soon'") && failure.Contains("Unset it for 60"));
    }

    [Fact]
    public void Metrics_SettingsGiven_SayWhere()
    {
        var options = new MetricsOptions();
        var settings = Read(("METRICS_PORT", "9191"), ("BIND_ADDRESS", "::1"), ("TOKEN_METRICS", "both"));
        settings.Apply(options);

        Assert.Equal((9191, "::1", TokenMetrics.Both), (options.Port, options.BindAddress, settings.TokenMetrics));
        Assert.Equal([ProviderMetrics.MeterName], options.Meters);
    }

    [Theory]
    [InlineData("METRICS_PORT", "-1", "METRICS_PORT is '-1'; it must be a whole number from 0 to 65535. Unset it for 9090.")]
    [InlineData("METRICS_PORT", "8080", "METRICS_PORT is 8080, and so is PORT; metrics have a port of their own. Set one of them to another port.")]
    [InlineData("ENABLE_METRICS", "maybe", "ENABLE_METRICS is 'maybe'; it must be true or false. Unset it for true.")]
    [InlineData("TOKEN_METRICS", "some", "TOKEN_METRICS is 'some'; it must be Old, New or Both.")]
    public void Metrics_SettingWrong_IsToldWithACure(string key, string value, string problem) =>
        Assert.Equal([problem], Read((key, value)).Validate(null, new ServingLimits()).Failures);

    [Theory]
    [InlineData("9000", null, "http://*:9000")]
    [InlineData("9000", "127.0.0.1", "http://127.0.0.1:9000")]
    [InlineData("9000", "::1", "http://[::1]:9000")]
    [InlineData("0", null, "http://0.0.0.0:0")]
    public void Urls_PortAndAddress_ListenThere(string port, string? address, string expected) =>
        Assert.Equal(expected, Read(("PORT", port), ("BIND_ADDRESS", address)).Urls);

    [Fact]
    public void Urls_UrlsGiven_WinOverPort() => Assert.Null(Read(("PORT", "9000"), ("urls", "http://127.0.0.1:9001")).Urls);

    private static HostSettings Read(params (string Key, string? Value)[] values) =>
        HostSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => pair.Value)).Build());
}
