namespace Serving.Simulator;

/// <summary>How a simulator is set up.</summary>
public sealed class SimulatorOptions
{
    /// <summary>Addresses to listen on, separated by semicolons; port 0 takes a free one.</summary>
    /// <value>Default <c>http://127.0.0.1:0</c>.</value>
    public string Urls { get; set; } = "http://127.0.0.1:0";

    /// <summary>A port of its own with TLS, whose certificate is self-signed and made at start; 0 takes a free one.</summary>
    /// <value>Default null: no TLS.</value>
    public int? TlsPort { get; set; }

    /// <summary>The one key that is accepted.</summary>
    /// <value>Default null: any key that is not empty.</value>
    public string? Key { get; set; }

    /// <summary>What chance and ids depend on.</summary>
    /// <value>Default 1.</value>
    public long Seed { get; set; } = 1;

    /// <summary>Pieces of text in an answer whose model's name does not say <c>tokens=</c>.</summary>
    /// <value>Default 20.</value>
    public int Tokens { get; set; } = 20;

    /// <summary>Between two pieces of an answer whose model's name does not say <c>delay=</c>; a whole answer takes it once per piece.</summary>
    /// <value>Default none.</value>
    public TimeSpan TokenDelay { get; set; }

    /// <summary>The same per model, by whole names; wins over <see cref="TokenDelay"/>.</summary>
    public IDictionary<string, TimeSpan> TokenDelays { get; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>How many requests the ledger keeps one by one.</summary>
    /// <value>Default 1,000.</value>
    public int KeptAttempts { get; set; } = 1000;

    /// <summary>The clock of delays, dates and offsets.</summary>
    /// <value>Default the system's.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal TimeSpan DelayOf(string model) => TokenDelays.TryGetValue(model, out var delay) ? delay : TokenDelay;
}
