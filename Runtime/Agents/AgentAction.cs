namespace Serving.Runtime.Agents;

/// <summary>A tool an agent wants called.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="ToolInput">A string, or the arguments by name.</param>
/// <param name="Log">What the agent said when it chose the tool.</param>
public record AgentAction(string Tool, object? ToolInput, string Log)
{
    /// <summary>What this is on the wire.</summary>
    public virtual string Type => "AgentAction";
}
