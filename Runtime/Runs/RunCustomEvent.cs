namespace Serving.Runtime.Runs;

/// <summary>An event of a chain author's own.</summary>
/// <param name="Run">The run it was sent from.</param>
/// <param name="Time">When.</param>
/// <param name="Name">The author's name for it.</param>
/// <param name="Data">What it carries; it reaches clients that ask for events.</param>
public sealed record RunCustomEvent(Run Run, DateTimeOffset Time, string Name, object? Data) : RunEvent(Run, Time);
