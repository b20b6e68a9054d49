namespace Serving.Runtime.Runs;

/// <summary>A run gave a piece of its output.</summary>
/// <param name="Run">The run.</param>
/// <param name="Time">When.</param>
/// <param name="Chunk">The piece.</param>
public sealed record RunStreamed(Run Run, DateTimeOffset Time, object? Chunk) : RunEvent(Run, Time);
