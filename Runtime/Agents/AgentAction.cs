using Microsoft.Extensions.AI;

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

/// <summary>A tool an agent wants called, with the messages that led to it.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="ToolInput">A string, or the arguments by name.</param>
/// <param name="Log">What the agent said when it chose the tool.</param>
/// <param name="MessageLog">The messages.</param>
public sealed record AgentActionMessageLog(
    string Tool,
    object? ToolInput,
    string Log,
    [property: System.Text.Json.Serialization.JsonConverter(typeof(Serialization.BareMessagesConverter))] IReadOnlyList<ChatMessage> MessageLog) : AgentAction(Tool, ToolInput, Log)
{
    /// <inheritdoc/>
    public override string Type => "AgentActionMessageLog";
}
