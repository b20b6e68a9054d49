namespace Serving.Simulator.Wires;

/// <summary>One event of a stream.</summary>
/// <param name="Index">Which piece, of the text or of the call's arguments.</param>
/// <param name="Call">Which tool call.</param>
internal readonly record struct Frame(FrameKind Kind, int Index = 0, int Call = 0)
{
    /// <summary>Whether a model has to come up with it: these are paced.</summary>
    public bool IsPaced => Kind is FrameKind.Text or FrameKind.ToolArguments;
}
