namespace Serving.Simulator.Faults;

/// <summary>Where in an answer a fault occurs.</summary>
internal enum FaultPoint
{
    /// <summary>Before anything.</summary>
    Start,

    /// <summary>After some pieces of text.</summary>
    Text,

    /// <summary>After a whole tool call.</summary>
    Tool,
}
