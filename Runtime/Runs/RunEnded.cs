namespace Serving.Runtime.Runs;

/// <summary>A run ended well.</summary>
/// <param name="Run">The run.</param>
/// <param name="Time">When.</param>
/// <param name="Input">The whole input, pieces folded.</param>
/// <param name="Output">The whole output, pieces folded.</param>
/// <param name="Streamed">Whether the output was given in pieces.</param>
public sealed record RunEnded(Run Run, DateTimeOffset Time, object? Input, object? Output, bool Streamed) : RunEvent(Run, Time);
