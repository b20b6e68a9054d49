using System.Globalization;

namespace Serving.LoadTests.Compare;

/// <summary>What is aimed at, and what was measured.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Bound">The bound, for people.</param>
/// <param name="Measured">The figure, for people.</param>
/// <param name="IsMet">Whether it is within its bound.</param>
internal sealed record Goal(string Name, string Bound, string Measured, bool IsMet)
{
    /// <summary>The goals that the report has figures for.</summary>
    public static IEnumerable<Goal> Of(CompareReport report)
    {
        var echo = report.Part("echo");
        if (echo?.Of(ServerKind.EchoHost)?.Over(echo.Of(ServerKind.Bare), turn => turn.Answers / turn.Seconds) is { } rate)
            yield return Ratio("echo invoke: requests per second, of a bare minimal API's", rate, "at least 0.85", rate.Median >= 0.85);

        var invoke = report.Part("invoke");
        if (invoke?.Of(ServerKind.Host)?.Over(invoke.Of(ServerKind.Nginx), turn => turn.CpuPerAnswer()) is { } call)
            yield return Ratio("one LLM call: CPU, of nginx's", call, "at most 2.0", call.Median <= 2);
        if (invoke?.Of(ServerKind.Gateway)?.Over(invoke.Of(ServerKind.Host), turn => turn.CpuPerAnswer()) is { } rival)
            yield return Ratio("one LLM call: the gateway's CPU, of the host's", rival, "at least 25", rival.Median >= 25);
        if (Beyond(invoke, turn => turn.Allocated / turn.Answers) is { } bytes)
            yield return new Goal("one LLM call: bytes allocated beyond Kestrel's and HttpClient's", "at most 3072", Number(bytes), bytes <= 3072);

        var paced = report.Part("paced");
        if (paced?.Of(ServerKind.Host)?.Over(paced.Of(ServerKind.Nginx), turn => turn.CpuPerFrame()) is { } frame)
            yield return Ratio("a paced frame: CPU, of nginx's", frame, "at most 2.5", frame.Median <= 2.5);
        if (Beyond(paced, turn => turn.Allocated / turn.Frames) is { } piece)
            yield return new Goal("a paced frame: bytes allocated beyond Kestrel's and HttpClient's, the update of 256 and a share of the request included", "at most 356", Number(piece), piece <= 356);
        if (PerFurtherFrame(report, ServerKind.Host) - PerFurtherFrame(report, ServerKind.Relay) is { } further)
            yield return new Goal("the same of each further frame, from streams of two lengths: no share of the request", "at most 356", Number(further), further <= 356);

        if (AddedWait(report.Part("first"), ServerKind.Host) / AddedWait(report.Part("first"), ServerKind.Nginx) is { } wait)
            yield return new Goal("time to first token: added, of what nginx adds", "at most 1.5", Number(wait), wait <= 1.5);
        if (report.Part("crowd")?.Of(ServerKind.Host)?.Turns is [var crowd])
            yield return new Goal("1,000 paced streams: lost, merged or reordered frames, or failures", "0", Number(crowd.Failures.Values.Sum()), crowd.Failures.Count == 0);
        if (report.Idle is { } idle)
            yield return new Goal($"{idle.Open} idle streams: MiB resident", "at most 512", Number(idle.Resident / 1048576.0), idle.Resident <= 512 * 1048576L && idle.Failed == 0);
    }

    /// <summary>The median ms that a server adds to the simulator's own wait; null if one of them was not measured.</summary>
    public static double? AddedWait(PartReport? first, ServerKind server) =>
        first?.Of(server)?.Median(turn => turn.WaitP50) - first?.Of(ServerKind.Direct)?.Median(turn => turn.WaitP50);

    /// <summary>By how many bytes an answer grows with each frame: from short streams to long ones.</summary>
    private static double? PerFurtherFrame(CompareReport report, ServerKind server)
    {
        var (few, many) = (report.Part("first")?.Of(server), report.Part("paced")?.Of(server));
        return (Bytes(many) - Bytes(few)) / (Frames(many) - Frames(few));

        static double? Bytes(ServerReport? turns) => turns?.Median(turn => turn.Allocated / turn.Answers);

        static double? Frames(ServerReport? turns) => turns?.Median(turn => (double)turn.Frames / turn.Answers);
    }

    private static double? Beyond(PartReport? part, Func<Turn, double?> figure) =>
        part?.Of(ServerKind.Host)?.Median(figure) - part?.Of(ServerKind.Relay)?.Median(figure);

    private static Goal Ratio(string name, Spread ratio, string bound, bool isMet) =>
        new(name, bound, $"{Number(ratio.Median)} ({Number(ratio.Least)} to {Number(ratio.Most)})", isMet);

    private static string Number(double number) => number.ToString(Math.Abs(number) >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
