using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Agents;

/// <summary>A tool an agent wants called, with the messages that led to it.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="ToolInput">A string, or the arguments by name.</param>
/// <param name="Log">What the agent said when it chose the tool.</param>
/// <param name="MessageLog">The messages.</param>
public sealed record AgentActionMessageLog(
    string Tool,
    object? ToolInput,
    string Log,
    [property: JsonConverter(typeof(BareMessagesConverter))] IReadOnlyList<ChatMessage> MessageLog) : AgentAction(Tool, ToolInput, Log)
{
    /// <inheritdoc/>
    public override string Type => "AgentActionMessageLog";
}
