namespace Serving.Runtime.Runs;

/// <summary>Receives the events of a root run and of all runs below it.</summary>
public interface IRunObserver
{
    /// <summary>
    /// Takes one event. The run waits until it completes, so a slow observer slows the run instead of filling memory.
    /// Branches of a map run side by side: calls may overlap.
    /// </summary>
    /// <param name="runEvent">The event.</param>
    /// <param name="cancellationToken">The run's token.</param>
    ValueTask OnEventAsync(RunEvent runEvent, CancellationToken cancellationToken);
}
