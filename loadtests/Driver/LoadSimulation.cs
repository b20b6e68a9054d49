namespace Serving.LoadTests.Driver;

/// <summary>A stretch of load.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Amount">Requests a second, or copies.</param>
/// <param name="During">How long.</param>
public sealed record LoadSimulation(LoadKind Kind, double Amount, TimeSpan During)
{
    /// <summary>Whether requests come at a rate, without waiting for answers.</summary>
    public bool IsOpen => Kind is LoadKind.Inject or LoadKind.RampingInject;

    /// <summary>Whether copies wait for their answers.</summary>
    public bool IsClosed => Kind is LoadKind.KeepConstant or LoadKind.RampingConstant;

    /// <summary>So many requests per interval, whether or not answers come.</summary>
    public static LoadSimulation Inject(double rate, TimeSpan interval, TimeSpan during) => new(LoadKind.Inject, rate / interval.TotalSeconds, during);

    /// <summary>From the rate before, or 0, evenly to so many requests per interval.</summary>
    public static LoadSimulation RampingInject(double rate, TimeSpan interval, TimeSpan during) => new(LoadKind.RampingInject, rate / interval.TotalSeconds, during);

    /// <summary>So many copies, each of which sends its next request when it has its answer.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new(LoadKind.KeepConstant, copies, during);

    /// <summary>From the copies before, or 0, evenly to so many.</summary>
    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => new(LoadKind.RampingConstant, copies, during);

    /// <summary>No requests.</summary>
    public static LoadSimulation Pause(TimeSpan during) => new(LoadKind.Pause, 0, during);

    /// <summary>For people.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Kind} {Amount:0.##}{(IsOpen ? "/s" : "")}");
}
