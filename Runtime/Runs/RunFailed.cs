namespace Serving.Runtime.Runs;

/// <summary>A run failed or was cancelled.</summary>
/// <param name="Run">The run.</param>
/// <param name="Time">When.</param>
/// <param name="Error">What ended it. Its text is not for clients unless it is a <see cref="Errors.ServingException"/>.</param>
public sealed record RunFailed(Run Run, DateTimeOffset Time, Exception Error) : RunEvent(Run, Time);
