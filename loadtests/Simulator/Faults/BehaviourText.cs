using System.Globalization;

namespace Serving.Simulator.Faults;

/// <summary>Reads <c>fault~key=value~tool</c>: what follows the plain model in a model's name.</summary>
internal static class BehaviourText
{
    private const int MostPieces = 1_000_000;
    private const int LargestPiece = 256 * 1024 * 1024;

    private static readonly string Names =
        $"Faults: {string.Join(' ', FaultTable.All.Keys.Order(StringComparer.Ordinal))}. "
        + "Keys: after at cached calls delay every id reasoning reset-requests reset-tokens retry-after retry-after-date retry-after-ms rounds share size status times "
        + "tokens wait. Flag: tool.";

    /// <summary>What a whole model name asks for.</summary>
    /// <exception cref="FormatException">It asks for what there is not; the message lists what there is.</exception>
    public static Behaviour OfModel(string model)
    {
        var tilde = model.IndexOf('~', StringComparison.Ordinal);
        return tilde < 0 ? new Behaviour() : Parse(model[(tilde + 1)..]);
    }

    /// <inheritdoc cref="OfModel"/>
    public static Behaviour Parse(string text) => Read(text.Split('~').Select(part =>
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? KeyValuePair.Create(part == "tool" ? "tool" : "fault", part) : KeyValuePair.Create(part[..equals], part[(equals + 1)..]);
    }));

    /// <inheritdoc cref="OfModel"/>
    public static Behaviour Read(IEnumerable<KeyValuePair<string, string>> settings)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        foreach (var (key, value) in settings)
        {
            if (!given.TryAdd(key, value))
                throw Wrong($"'{key}' is given twice.");
        }

        var behaviour = new Behaviour
        {
            Fault = TakeFault(given),
            Tokens = TakeInt("tokens", MostPieces),
            Delay = TakeTime("delay"),
            Wait = TakeTime("wait") ?? TimeSpan.Zero,
            CallsTools = given.Remove("tool"),
            Calls = TakeInt("calls", 100) ?? 1,
            Rounds = TakeInt("rounds", 1000) ?? 1,
            Cached = TakeInt("cached", int.MaxValue) ?? 0,
            Reasoning = TakeInt("reasoning", int.MaxValue) ?? 0,
        };
        given.Remove("id");
        if (given.Keys.FirstOrDefault() is { } left)
            throw Wrong(behaviour.Fault is null ? $"'{left}' means nothing without a fault." : $"'{left}' means nothing for fault '{behaviour.Fault.Name}'.");
        if (behaviour.Fault is { Kind: FaultKind.Slow or FaultKind.Comments } fault && behaviour.Delay is { } delay)
            behaviour = behaviour with { Fault = fault with { Delay = delay } };
        return behaviour.Fault?.At == FaultPoint.Tool ? behaviour with { CallsTools = true } : behaviour;

        int? TakeInt(string key, int most) => (int?)Take(given, key, most, isWhole: true);
        TimeSpan? TakeTime(string key) => Take(given, key, 86_400_000, isWhole: false) is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
    }

    private static Fault? TakeFault(Dictionary<string, string> given)
    {
        if (!given.Remove("fault", out var name))
            return null;
        var fault = FaultTable.All.GetValueOrDefault(name) ?? throw Wrong($"There is no fault '{name}'.");
        fault = fault with
        {
            Times = (long?)Take(given, "times", int.MaxValue, isWhole: true) ?? 0,
            Every = Math.Max(1, (long?)Take(given, "every", int.MaxValue, isWhole: true) ?? 1),
            Share = Take(given, "share", 1, isWhole: false) ?? 1,
        };
        if (fault.Kind == FaultKind.Status)
            fault = fault with { Retry = TakeRetry(given) };
        if (fault.Kind == FaultKind.Error && Take(given, "status", 599, isWhole: true) is { } status)
            fault = fault with { Case = FaultTable.CaseOf((int)status) ?? throw Wrong($"There is no error of status {status}.") };
        if (fault.Kind == FaultKind.Huge && Take(given, "size", LargestPiece, isWhole: true) is { } size)
            fault = fault with { Size = (int)size };
        if ((FaultTable.HasPoint(fault.Kind) || fault.Kind == FaultKind.Huge) && Take(given, "after", MostPieces, isWhole: true) is { } after)
            fault = fault with { After = (int)after, At = FaultPoint.Text };
        if (FaultTable.HasPoint(fault.Kind) && given.Remove("at", out var at))
            fault = fault with { At = at switch { "start" => FaultPoint.Start, "text" => FaultPoint.Text, "tool" => FaultPoint.Tool, _ => throw Wrong($"'at' is start, text or tool, not '{at}'.") } };
        return fault;
    }

    private static RetryHint? TakeRetry(Dictionary<string, string> given)
    {
        var hint = new RetryHint(Seconds("retry-after"), Seconds("retry-after-date"), Seconds("retry-after-ms"), Seconds("reset-requests"), Seconds("reset-tokens"));
        return hint == new RetryHint(null, null, null, null, null) ? null : hint;

        double? Seconds(string key) => Take(given, key, 1e9, isWhole: false);
    }

    private static double? Take(Dictionary<string, string> given, string key, double most, bool isWhole)
    {
        if (!given.Remove(key, out var text))
            return null;
        var style = isWhole ? NumberStyles.None : NumberStyles.AllowDecimalPoint;
        return double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most
            ? number
            : throw Wrong($"'{key}' is a {(isWhole ? "whole " : "")}number from 0 to {most}, not '{text}'.");
    }

    private static FormatException Wrong(string what) => new($"{what} {Names}");
}
