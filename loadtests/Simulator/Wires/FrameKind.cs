namespace Serving.Simulator.Wires;

/// <summary>What an event of a stream is for.</summary>
internal enum FrameKind
{
    PromptFilter,
    Open,
    TextStart,
    Ping,
    Text,
    TextStop,
    ToolStart,
    ToolArguments,
    ToolStop,
    Finish,
    Usage,
    Done,
}
