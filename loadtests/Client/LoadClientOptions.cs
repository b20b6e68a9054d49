namespace Serving.LoadTests.Client;

/// <summary>How a client behaves.</summary>
public sealed record LoadClientOptions
{
    /// <summary>The longest a request may take as a whole. Then it counts as <see cref="Outcome.TimedOut"/>.</summary>
    /// <value>Default 120 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Whether connections are kept for the next request.</summary>
    /// <value>Default true. Without, each request has a connection of its own.</value>
    public bool KeepsConnections { get; init; } = true;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
