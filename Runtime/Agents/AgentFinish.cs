namespace Serving.Runtime.Agents;

/// <summary>An agent's last word.</summary>
/// <param name="ReturnValues">What the agent gives, by name.</param>
/// <param name="Log">What it said.</param>
public sealed record AgentFinish(Streaming.ChainValues ReturnValues, string Log)
{
    /// <summary>What this is on the wire.</summary>
    public string Type { get; } = "AgentFinish";
}
