namespace Serving.Runtime.Runs;

/// <summary>Something that happened in a run. The events of one root run form one ordered sequence.</summary>
/// <param name="Run">The run it happened in.</param>
/// <param name="Time">When, by the context's clock.</param>
public abstract record RunEvent(Run Run, DateTimeOffset Time);

/// <summary>A run began.</summary>
/// <param name="Run">The run.</param>
/// <param name="Time">When.</param>
/// <param name="Input">The whole input, if it was there at the start.</param>
/// <param name="HasInput">False where the input streams in; it is then told at the end.</param>
public sealed record RunStarted(Run Run, DateTimeOffset Time, object? Input, bool HasInput) : RunEvent(Run, Time);

/// <summary>A run gave a piece of its output.</summary>
/// <param name="Run">The run.</param>
/// <param name="Time">When.</param>
/// <param name="Chunk">The piece.</param>
public sealed record RunStreamed(Run Run, DateTimeOffset Time, object? Chunk) : RunEvent(Run, Time);

/// <summary>A run ended well.</summary>
/// <param name="Run">The run.</param>
/// <param name="Time">When.</param>
/// <param name="Input">The whole input, pieces folded.</param>
/// <param name="Output">The whole output, pieces folded.</param>
/// <param name="Streamed">Whether the output was given in pieces.</param>
public sealed record RunEnded(Run Run, DateTimeOffset Time, object? Input, object? Output, bool Streamed) : RunEvent(Run, Time);

/// <summary>A run failed or was cancelled.</summary>
/// <param name="Run">The run.</param>
/// <param name="Time">When.</param>
/// <param name="Error">What ended it. Its text is not for clients unless it is a <see cref="Errors.ServingException"/>.</param>
public sealed record RunFailed(Run Run, DateTimeOffset Time, Exception Error) : RunEvent(Run, Time);

/// <summary>An event of a chain author's own.</summary>
/// <param name="Run">The run it was sent from.</param>
/// <param name="Time">When.</param>
/// <param name="Name">The author's name for it.</param>
/// <param name="Data">What it carries; it reaches clients that ask for events.</param>
public sealed record RunCustomEvent(Run Run, DateTimeOffset Time, string Name, object? Data) : RunEvent(Run, Time);
