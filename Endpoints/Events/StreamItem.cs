using Serving.Runtime.Runs;

namespace Serving.Endpoints.Events;

/// <summary>What an observed stream consists of: events of its runs, and pieces of the chain's answer, in one order.</summary>
/// <param name="Event">An event of a run; null for a piece of the answer.</param>
/// <param name="Chunk">A piece of the answer, if there is no event.</param>
internal readonly record struct StreamItem(RunEvent? Event, object? Chunk);
