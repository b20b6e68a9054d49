namespace Serving.Runtime.Runs;

/// <summary>Something that happened in a run. The events of one root run form one ordered sequence.</summary>
/// <param name="Run">The run it happened in.</param>
/// <param name="Time">When, by the context's clock.</param>
public abstract record RunEvent(Run Run, DateTimeOffset Time);
