using System.Globalization;

namespace Serving.Host.Commands.Checks;

/// <summary>Checks of limits against each other.</summary>
internal static class LimitChecks
{
    /// <summary>What the orchestrator's grace period adds to the host's own times: the last words of what was cut, and the end of the process.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    /// <summary>The silence after which common proxies give up.</summary>
    private static readonly TimeSpan ProxyPatience = TimeSpan.FromSeconds(60);

    public static IEnumerable<Finding> Retries(Facts facts)
    {
        var limit = facts.Limits.RequestTimeout;
        var tight = facts.Remote.Where(model => model.Resilience.MaxRetries > 0 && model.Resilience.AttemptTimeout + model.Resilience.RetryBackoff >= limit).ToList();
        foreach (var model in tight)
        {
            yield return Finding.Warn(
                $"{model.Name}: an attempt may take {Show(model.Resilience.AttemptTimeout)} and the wait before a retry {Show(model.Resilience.RetryBackoff)}, and REQUEST_TIMEOUT is {Show(limit)}: after an attempt that timed out there is no retry.",
                "Lower LLM_TIMEOUT, or raise REQUEST_TIMEOUT.");
        }

        if (tight.Count > 0)
            yield break;
        var most = facts.Remote.Select(model => model.Resilience).MaxBy(options => options.AttemptTimeout);
        yield return Finding.Pass(most is null
            ? "No model is called over the network."
            : $"An attempt ends after {Show(most.AttemptTimeout)} at the latest, and REQUEST_TIMEOUT ({Show(limit)}) leaves time for another.");
    }

    public static IEnumerable<Finding> ProviderCalls(Facts facts)
    {
        var narrow = facts.Remote.Where(model => model.Provider!.MaxCalls + model.Provider.MaxWaiting < facts.Limits.MaxConcurrentRequests) // a remote model has one
            .DistinctBy(model => model.Name.Provider, StringComparer.Ordinal)
            .Select(model => Finding.Warn(
                $"Provider {model.Name.Provider} takes {model.Provider!.MaxCalls} calls, and {model.Provider.MaxWaiting} wait; MAX_CONCURRENT_REQUESTS is {facts.Limits.MaxConcurrentRequests}: requests are admitted, and then refused.",
                $"Raise MAX_PROVIDER_CALLS, or lower MAX_CONCURRENT_REQUESTS to {model.Provider.MaxCalls + model.Provider.MaxWaiting}."))
            .ToList();
        return narrow.Count > 0 ? narrow : [Finding.Pass($"Each provider takes the calls of {facts.Limits.MaxConcurrentRequests} requests (MAX_CONCURRENT_REQUESTS), running or waiting.")];
    }

    public static IEnumerable<Finding> Streams(Facts facts)
    {
        var limits = facts.Limits;
        var isFine = true;
        if (limits.StreamCommitAfter >= limits.RequestTimeout)
        {
            isFine = false;
            yield return Finding.Warn(
                $"STREAM_COMMIT_AFTER ({Show(limits.StreamCommitAfter)}) is not below REQUEST_TIMEOUT ({Show(limits.RequestTimeout)}): a stream that waits for its first piece never gets to send heartbeats.",
                "Lower STREAM_COMMIT_AFTER.");
        }

        foreach (var (name, time) in ((string, TimeSpan)[])[("STREAM_COMMIT_AFTER", limits.StreamCommitAfter), ("STREAM_HEARTBEAT", limits.StreamHeartbeat)])
        {
            if (time < ProxyPatience)
                continue;
            isFine = false;
            yield return Finding.Warn($"{name} is {Show(time)}: common proxies cut a stream that is silent for {Show(ProxyPatience)}.", $"Set {name} below {Show(ProxyPatience)}.");
        }

        if (isFine)
            yield return Finding.Pass($"A stream is never silent for longer than {Show(limits.StreamCommitAfter > limits.StreamHeartbeat ? limits.StreamCommitAfter : limits.StreamHeartbeat)}.");
    }

    public static IEnumerable<Finding> Shutdown(Facts facts)
    {
        var limits = facts.Limits;
        var grace = limits.ShutdownDelay + limits.DrainTimeout + Rest;
        yield return limits.DrainTimeout < limits.StreamTimeout
            ? Finding.Warn(
                $"DRAIN_TIMEOUT is {Show(limits.DrainTimeout)}, and a stream may last {Show(limits.StreamTimeout)} (STREAM_TIMEOUT): a restart cuts those that need longer.",
                $"Raise DRAIN_TIMEOUT or lower STREAM_TIMEOUT. The orchestrator's grace period must be at least {Show(grace)} now, and {Show(limits.ShutdownDelay + limits.StreamTimeout + Rest)} to let every stream end.")
            : Finding.Pass($"Every stream may end before the host does, if the orchestrator's grace period is at least {Show(grace)}.");
    }

    public static IEnumerable<Finding> Bodies(Facts facts) =>
        [facts.Limits.MaxBodyBytes > facts.Machine.Memory / 16
            ? Finding.Warn(
                $"MAX_BODY_BYTES is {facts.Limits.MaxBodyBytes}, and the memory {MachineChecks.Show(facts.Machine.Memory)}: 16 bodies of that size fill it.",
                $"Lower MAX_BODY_BYTES to {facts.Machine.Memory / 16} or less, or give the host more memory.")
            : Finding.Pass($"A body is at most {MachineChecks.Show(facts.Limits.MaxBodyBytes)} (MAX_BODY_BYTES), a small part of the memory.")];

    private static string Show(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
