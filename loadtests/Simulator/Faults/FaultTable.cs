using System.Collections.Frozen;

namespace Serving.Simulator.Faults;

/// <summary>The faults there are, by the names clients ask for them with.</summary>
internal static class FaultTable
{
    public static readonly FrozenDictionary<string, Fault> All = new Fault[]
    {
        Status("400", ErrorCase.BadRequest, 400),
        Status("401", ErrorCase.Unauthorized, 401),
        Status("402", ErrorCase.PaymentRequired, 402),
        Status("403", ErrorCase.Forbidden, 403),
        Status("404", ErrorCase.UnknownModel, 404),
        Status("408", ErrorCase.Timeout, 408),
        Status("409", ErrorCase.Conflict, 409),
        Status("413", ErrorCase.TooLarge, 413),
        Status("422", ErrorCase.Unprocessable, 422),
        Status("429", ErrorCase.RateLimited, 429),
        Status("500", ErrorCase.ServerError, 500),
        Status("502", ErrorCase.BadGateway, 502),
        Status("503", ErrorCase.Unavailable, 503),
        Status("504", ErrorCase.GatewayTimeout, 504),
        Status("529", ErrorCase.Overloaded, 529),
        Status("unknown-model", ErrorCase.UnknownModel),
        Status("quota", ErrorCase.QuotaExhausted),
        Status("context", ErrorCase.ContextTooLong),
        Status("policy", ErrorCase.ContentPolicy),
        new("hang", FaultKind.Hang),
        new("stall", FaultKind.Stall),
        new("slow", FaultKind.Slow),
        new("reset", FaultKind.Reset),
        new("cut", FaultKind.Cut) { At = FaultPoint.Text },
        new("truncated", FaultKind.Truncated) { At = FaultPoint.Text },
        new("malformed", FaultKind.Malformed) { At = FaultPoint.Text },
        new("error", FaultKind.Error) { At = FaultPoint.Text },
        new("html", FaultKind.Html),
        new("empty", FaultKind.Empty),
        new("done-twice", FaultKind.DoneTwice),
        new("done-missing", FaultKind.DoneMissing),
        new("huge", FaultKind.Huge) { At = FaultPoint.Text, After = 0 },
        new("comments", FaultKind.Comments) { Delay = TimeSpan.FromSeconds(1) },
        new("filter", FaultKind.Filter),
        new("refusal", FaultKind.Refusal),
    }.ToFrozenDictionary(fault => fault.Name, StringComparer.Ordinal);

    /// <summary>Whether a client may choose where in the answer the fault occurs.</summary>
    public static bool HasPoint(FaultKind kind) =>
        kind is FaultKind.Stall or FaultKind.Reset or FaultKind.Cut or FaultKind.Truncated or FaultKind.Malformed or FaultKind.Error or FaultKind.Comments;

    public static ErrorCase? CaseOf(int status) => All.GetValueOrDefault(status.ToString(System.Globalization.CultureInfo.InvariantCulture))?.Case;

    private static Fault Status(string name, ErrorCase about, int? status = null) => new(name, FaultKind.Status) { Case = about, Status = status };
}
