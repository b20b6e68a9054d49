namespace Serving.LoadTests.Scenarios;

/// <summary>A fault of the provider, and what clients see of it.</summary>
/// <param name="Fault">The simulator's name of it, which is also its outcome in the ledger.</param>
/// <param name="Share">Of all requests that reach the provider.</param>
internal sealed record InjectedFault(string Fault, double Share)
{
    /// <summary>Further keys of the fault, such as <c>after=3</c>.</summary>
    public string Keys { get; init; } = "";

    /// <summary>The status of the failure, for every kind of request; null if the host makes up for it, or the answer is not hurt.</summary>
    public int? Status { get; init; }

    /// <summary>The status of the event that ends a stream that had begun; null if streams are as others.</summary>
    public int? StreamStatus { get; init; }

    /// <summary>The rule as the simulator takes it.</summary>
    public string Rule(double left) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Fault}~share={Math.Min(1, Share / left):0.######}{(Keys.Length == 0 ? "" : "~" + Keys)}");
}
