using System.Globalization;

namespace Serving.Kubernetes.Tests.Scaling;

/// <summary>What requests cost, as measured, and what follows of it. docs/deploy.md has the measurements, and a table that is made here.</summary>
internal static class Sizing
{
    /// <summary>Ten million requests a day, a second.</summary>
    public const decimal PromisedRate = 116;

    /// <summary>How long a request of the promised load takes on average: 60 % invokes and 10 % batches of 10 in 0.5 s, 30 % streams of 200 pieces in 10.5 s.</summary>
    public const decimal SecondsInFlight = 3.5m;

    /// <summary>The share of a request of that load, in cores for one a second.</summary>
    public const decimal CoresPerRate = 0.00256m;

    /// <summary>What a pod takes that does nothing, in cores.</summary>
    public const decimal IdleCores = 0.014m;

    /// <summary>What a pod takes without requests, once it has had some, in bytes.</summary>
    public const decimal WarmBytes = 130m * 1024 * 1024;

    /// <summary>What a request in flight takes, in bytes.</summary>
    public const decimal BytesInFlight = 150m * 1024;

    /// <summary>The sums of all metrics over a number of pods.</summary>
    /// <param name="rate">Requests a second of the promised load's kind.</param>
    /// <param name="replicas">The pods that share them.</param>
    /// <param name="seconds">How long a request takes on average.</param>
    public static IReadOnlyDictionary<string, decimal> Totals(decimal rate, int replicas, decimal seconds = SecondsInFlight) => new Dictionary<string, decimal>(StringComparer.Ordinal)
    {
        ["cpu"] = replicas * IdleCores + rate * CoresPerRate,
        ["memory"] = replicas * WarmBytes + rate * seconds * BytesInFlight,
        ["serving_requests_in_flight"] = rate * seconds,
    };

    /// <summary>The number of pods that a lasting load ends at.</summary>
    public static int Settle(Autoscaler scaler, decimal rate, decimal seconds = SecondsInFlight)
    {
        for (var second = 0; second < 3600; second += Autoscaler.Period)
            scaler.Look(second, Totals(rate, scaler.Replicas, seconds));
        return scaler.Replicas;
    }

    /// <summary>The rows of the table in docs/deploy.md.</summary>
    public static string Table(Func<string, Autoscaler> scaler)
    {
        (string Load, decimal Rate, decimal Seconds)[] loads =
        [
            ("a fifth of the promised", PromisedRate / 5, SecondsInFlight),
            ("**promised: 10 million a day**", PromisedRate, SecondsInFlight),
            ("2 times", 2 * PromisedRate, SecondsInFlight),
            ("5 times, its peak", 5 * PromisedRate, SecondsInFlight),
            ("10 times", 10 * PromisedRate, SecondsInFlight),
            ("20 times", 20 * PromisedRate, SecondsInFlight),
            ("promised, answers take 30 s", PromisedRate, 30),
            ("promised, answers take 60 s", PromisedRate, 60),
        ];
        return "| Load | requests/s | in flight | cores | pods by CPU | in flight of each | pods by requests in flight | in flight of each |\n|---|---|---|---|---|---|---|---|\n"
            + string.Concat(loads.Select(load =>
            {
                var (byCpu, byFlight) = (Settle(scaler("base"), load.Rate, load.Seconds), Settle(scaler("overlays/inflight-hpa"), load.Rate, load.Seconds));
                var flight = load.Rate * load.Seconds;
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {load.Load} | {load.Rate:0} | {flight:#,0} | {load.Rate * CoresPerRate:0.0} | {byCpu} | {flight / byCpu:#,0} | {byFlight} | {flight / byFlight:#,0} |\n");
            }));
    }
}
