namespace Serving.Runtime.Runs;

/// <summary>A run began.</summary>
/// <param name="Run">The run.</param>
/// <param name="Time">When.</param>
/// <param name="Input">The whole input, if it was there at the start.</param>
/// <param name="HasInput">False where the input streams in; it is then told at the end.</param>
public sealed record RunStarted(Run Run, DateTimeOffset Time, object? Input, bool HasInput) : RunEvent(Run, Time);
