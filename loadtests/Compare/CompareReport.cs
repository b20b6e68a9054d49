namespace Serving.LoadTests.Compare;

/// <summary>A comparison, whole.</summary>
internal sealed record CompareReport
{
    public required DateTimeOffset Began { get; init; }

    public required Machine Machine { get; init; }

    public required int Rounds { get; init; }

    public required double TurnSeconds { get; init; }

    public required IReadOnlyList<PartReport> Parts { get; init; }

    /// <summary>Null if it was not asked for.</summary>
    public IdleReport? Idle { get; init; }

    /// <summary>What was left out, and why.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    public PartReport? Part(string name) => Parts.FirstOrDefault(part => part.Name == name);

    /// <summary>Whether no answer of the host was wrong or missing.</summary>
    public bool IsSound() => (Idle?.Failed ?? 0) == 0
        && Parts.SelectMany(part => part.Servers).Where(server => server.Server is ServerKind.Host or ServerKind.EchoHost).All(server => server.Turns.All(turn => turn.Failures.Count == 0));
}
