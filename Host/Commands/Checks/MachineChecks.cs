using System.Globalization;
using System.Net;

namespace Serving.Host.Commands.Checks;

/// <summary>Checks of the machine, or the container, against the limits.</summary>
internal static class MachineChecks
{
    /// <summary>What a host takes that has served and is idle again, in bytes: docs/deploy.md has what was measured.</summary>
    public const long Idle = 144L << 20;

    /// <summary>What a stream takes while it runs, connections to client and provider included, in bytes.</summary>
    public const long PerStream = 64L << 10;

    /// <summary>Files that are open in an idle host.</summary>
    private const int IdleFiles = 256;

    private static readonly DateTimeOffset Release = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<Finding> Memory(Facts facts)
    {
        var memory = facts.Machine.Memory;
        var needed = Idle + facts.Limits.MaxConcurrentRequests * PerStream;
        yield return memory < Idle ? Finding.Fail($"The memory is {Show(memory)}; an idle host takes up to {Show(Idle)}.", "Give the host at least 512 MiB.")
            : memory < needed ? Finding.Warn(
                $"The memory is {Show(memory)}; {facts.Limits.MaxConcurrentRequests} streams (MAX_CONCURRENT_REQUESTS) take about {Show(needed)}.",
                $"Lower MAX_CONCURRENT_REQUESTS to {(memory - Idle) / PerStream}, or give the host more memory.")
            : Finding.Pass($"{facts.Limits.MaxConcurrentRequests} streams (MAX_CONCURRENT_REQUESTS) take about {Show(needed)} of {Show(memory)}.");
    }

    public static IEnumerable<Finding> Files(Facts facts)
    {
        var needed = IdleFiles + 2L * facts.Limits.MaxConcurrentRequests; // a connection to the client, and one to the provider
        yield return facts.Machine.Files < needed
            ? Finding.Warn(
                $"The process may open {facts.Machine.Files} files; {facts.Limits.MaxConcurrentRequests} requests (MAX_CONCURRENT_REQUESTS) need up to {needed}, for a connection each to client and provider.",
                $"Raise the limit (ulimit -n, LimitNOFILE), or lower MAX_CONCURRENT_REQUESTS to {Math.Max(1, (facts.Machine.Files - IdleFiles) / 2)}.")
            : Finding.Pass($"{facts.Limits.MaxConcurrentRequests} requests (MAX_CONCURRENT_REQUESTS) need up to {needed} open files; there may be more.");
    }

    public static IEnumerable<Finding> Ports(Facts facts)
    {
        var findings = new List<Finding>();
        if (facts.Host.Urls is not null && Look(facts, "PORT", facts.Host.Port) is { } port)
            findings.Add(port);
        if (facts.Host.EnableMetrics && Look(facts, "METRICS_PORT", facts.Host.MetricsPort) is { } metrics)
            findings.Add(metrics);
        if (facts.Machine.IsInCluster && facts.Host.Urls is not null && IPAddress.IsLoopback(Interface(facts.Host.BindAddress)))
            findings.Add(Finding.Warn($"BIND_ADDRESS is {facts.Host.BindAddress}: nobody outside of the pod reaches the host.", "Set BIND_ADDRESS to *."));
        if (findings.Count == 0)
            findings.Add(Finding.Pass(facts.Host.Urls is null ? "--urls or ASPNETCORE_URLS say where to listen; that is not tried." : "The ports can be listened on."));
        return findings;
    }

    public static IEnumerable<Finding> Clock(Facts facts)
    {
        var now = facts.Machine.Now;
        var off = facts.Contacts.Where(contact => contact.Date is not null).Select(contact => (contact.Provider, Skew: (now - contact.Date!.Value).Duration())).ToList(); // it has one
        var worst = off.Count == 0 ? default : off.MinBy(contact => contact.Skew); // another's clock may be the wrong one
        yield return now < Release ? Finding.Fail($"The clock says {now:yyyy-MM-dd}, which is before this release.", "Set the clock, or let NTP set it.")
            : worst.Skew > TimeSpan.FromMinutes(5) ? Finding.Fail($"The clock is {Seconds(worst.Skew)} off that of {worst.Provider}: certificates and retry times cannot be trusted.", "Let NTP set the clock.")
            : worst.Skew > TimeSpan.FromSeconds(5) ? Finding.Warn($"The clock is {Seconds(worst.Skew)} off that of {worst.Provider}: waits that a provider asks for by date are wrong by that.", "Let NTP set the clock.")
            : Finding.Pass(off.Count == 0 ? $"The clock says {now.UtcDateTime:yyyy-MM-dd HH:mm} UTC." : $"The clock is {Seconds(worst.Skew)} off that of {worst.Provider}.");
    }

    /// <summary>Bytes, for people.</summary>
    public static string Show(long bytes) => bytes >= 1L << 40 ? "unlimited"
        : bytes >= 1L << 20 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB");

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");

    private static Finding? Look(Facts facts, string setting, int port) => facts.Machine.Listen(new IPEndPoint(Interface(facts.Host.BindAddress), port)) switch
    {
        PortState.Taken => Finding.Fail($"{setting} is {port}, and another process listens there.", $"Set {setting} to a free port, or end the other process."),
        PortState.Denied => Finding.Fail($"{setting} is {port}, where this user may not listen.", $"Set {setting} to a port above 1023."),
        PortState.Elsewhere => Finding.Fail($"BIND_ADDRESS is {facts.Host.BindAddress}, which is no address of this machine.", "Set BIND_ADDRESS to one of its addresses, or to * for all."),
        _ => null,
    };

    private static IPAddress Interface(string name) => IPAddress.TryParse(name, out var address) ? address : name == "localhost" ? IPAddress.Loopback : IPAddress.IPv6Any;
}
