namespace Serving.Runtime.Runnables;

/// <summary>What became of one input of a batch.</summary>
/// <param name="Output">The answer; default if it failed.</param>
/// <param name="Error">What went wrong; null if nothing did.</param>
public readonly record struct BatchResult<T>(T? Output, Exception? Error);
