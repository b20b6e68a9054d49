namespace Serving.Simulator.Answers;

/// <summary>Why an answer ends.</summary>
internal enum Finish
{
    Stop,
    StopSequence,
    Length,
    ToolCalls,
    Filter,
    Refusal,
}
