namespace Serving.Host.Commands.Checks;

/// <summary>One check of the preflight. It looks at facts alone.</summary>
/// <param name="Name">Its name, which pipelines and documents may hold on to.</param>
/// <param name="Warns">When it warns.</param>
/// <param name="Fails">When it fails.</param>
/// <param name="Look">What it finds; at least one thing, or nothing where it does not apply.</param>
internal sealed record Check(string Name, string Warns, string Fails, Func<Facts, IEnumerable<Finding>> Look)
{
    /// <summary>All, in the order in which they are told.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("settings", "a setting works, but hardly as meant", "a setting is wrong: all that the start would refuse, but keys", SettingChecks.Settings),
        new("keys", "everyone on the machine may read a file with a key", "a model's provider has no key, a key has characters no key has, or its file cannot be read", ModelChecks.Keys),
        new("models", "no provider is set, so that the offline model answers", "", ModelChecks.Models),
        new("prices", "a model has no price, so that its cost is counted nowhere", "", ModelChecks.Prices),
        new("transport", "a key goes to another machine without TLS", "a provider is called by TLS, and there is no certificate to trust", ModelChecks.Transport),
        new("retries", "no retry fits into `REQUEST_TIMEOUT` after an attempt that timed out", "", LimitChecks.Retries),
        new("provider-calls", "a provider takes fewer calls, running and waiting, than the host admits requests", "", LimitChecks.ProviderCalls),
        new("streams", "a stream would be silent for 60 s or longer, or fail before it commits", "", LimitChecks.Streams),
        new("shutdown", "a stream may last longer than `DRAIN_TIMEOUT`", "", LimitChecks.Shutdown),
        new("bodies", "16 of the largest bodies fill the memory", "", LimitChecks.Bodies),
        new("memory", "the memory may not hold `MAX_CONCURRENT_REQUESTS` streams", "the memory holds less than an idle host", MachineChecks.Memory),
        new("files", "there may be fewer open files than `MAX_CONCURRENT_REQUESTS` need", "", MachineChecks.Files),
        new("ports", "in a cluster the host listens on the loopback interface alone", "a port is taken or may not be listened on", MachineChecks.Ports),
        new("clock", "the clock is more than 5 s off a provider's (`--live`)", "it is more than 5 minutes off, or before this release", MachineChecks.Clock),
        new("health", "`/health` and `/ready` are not served", "", SettingChecks.Health),
        new("metrics", "no metrics are taken", "", SettingChecks.Metrics),
        new("cors", "any page may call", "", SettingChecks.Cors),
        new("content", "prompts and answers are logged, or sent along with traces", "", SettingChecks.Content),
        new("providers", "", "with `--live`: a provider cannot be reached", ModelChecks.Providers),
        new("live", "with `--live`: a model is limited, or refuses the request", "with `--live`: a call fails, such as for a key that is refused or a model that is not there", ModelChecks.Live),
    ];
}
