namespace Serving.LoadTests.Targets;

/// <summary>The host: one of our own with its models at a simulator, or one that runs elsewhere.</summary>
public sealed class HostServer : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private HostServer(Uri address, Uri? metrics, ChildProcess? process, int? processId)
    {
        Address = address;
        Metrics = metrics;
        Process = process;
        ProcessId = processId;
    }

    /// <summary>Where its chains are.</summary>
    public Uri Address { get; }

    /// <summary>Where its metrics are; null if that is not known.</summary>
    public Uri? Metrics { get; }

    /// <summary>Its process; null if it runs elsewhere.</summary>
    public ChildProcess? Process { get; }

    /// <summary>The process to account for; null for none.</summary>
    public int? ProcessId { get; }

    /// <summary>Starts one on free ports, as it ships: metrics and an Information log on.</summary>
    /// <param name="simulator">Where its models are.</param>
    /// <param name="model">What they are called there.</param>
    /// <param name="settings">Further settings, as in the environment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<HostServer> StartAsync(Uri simulator, string model, IEnumerable<KeyValuePair<string, string>> settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        // What this process was given must not reach the host: only what is set here chooses its models.
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(ChoosesModels).ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        environment["OPENAI_API_KEY"] = "key";
        environment["OPENAI_BASE_URL"] = new Uri(simulator, "/v1").AbsoluteUri;
        environment["DEFAULT_MODEL"] = $"openai:{model}";
        environment["BIND_ADDRESS"] = "127.0.0.1";
        environment["PORT"] = "0";
        environment["METRICS_PORT"] = "0";
        environment["SHUTDOWN_DELAY"] = "0";
        environment["LOG_FORMAT"] = "json";
        foreach (var (name, value) in settings)
            environment[name] = value;
        var process = ChildProcess.Start("The host", Repository.Dotnet, [Repository.Program("Host", "serving.dll")], environment);
        try
        {
            var patience = TimeSpan.FromSeconds(60);
            var hasMetrics = !string.Equals(environment.GetValueOrDefault("ENABLE_METRICS"), "false", StringComparison.OrdinalIgnoreCase);
            var metrics = hasMetrics ? new Uri(await process.PrintedAsync("Metrics on ", patience, cancellationToken)) : null;
            return new HostServer(new Uri(await process.PrintedAsync("Now listening on: ", patience, cancellationToken)), metrics, process, process.Id);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes one that runs elsewhere.</summary>
    /// <param name="address">Where its chains are.</param>
    /// <param name="metrics">Where its metrics are, if that is known.</param>
    /// <param name="processId">The process to account for, if it runs on this machine.</param>
    public static HostServer At(Uri address, Uri? metrics = null, int? processId = null) => new(address, metrics, null, processId);

    /// <summary>The sum of a metric over all its series; null if metrics are not known. A metric that is not there is zero.</summary>
    public async Task<double?> SumAsync(string metric, CancellationToken cancellationToken)
    {
        if (Metrics is null)
            return null;
        return MetricsText.ValuesOf(await _http.GetStringAsync(Metrics, cancellationToken), metric).Sum();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (Process is not null)
            await Process.DisposeAsync();
    }

    private static bool ChoosesModels(string name) =>
        name.EndsWith("_API_KEY", StringComparison.Ordinal) || name.EndsWith("_API_KEY_FILE", StringComparison.Ordinal) || name.EndsWith("_BASE_URL", StringComparison.Ordinal)
        || name.EndsWith("_ENDPOINT", StringComparison.Ordinal) || name.EndsWith("_MODEL", StringComparison.Ordinal) || name.EndsWith("_MODELS", StringComparison.Ordinal)
        || name.StartsWith("Providers__", StringComparison.Ordinal) || name.StartsWith("Models__", StringComparison.Ordinal) || name is "ASPNETCORE_URLS" or "PORT";
}
