namespace Serving.Simulator.Wires;

/// <summary>How the answers of those that speak like OpenAI differ.</summary>
internal sealed record CompatibleStyle
{
    /// <summary>Before the ids of answers.</summary>
    public string IdPrefix { get; init; } = "chatcmpl-";

    /// <summary>Before the ids of tool calls.</summary>
    public string CallPrefix { get; init; } = "call_";

    /// <summary>Whether contents come with the results of filters, and streams begin with the prompt's.</summary>
    public bool HasFilterResults { get; init; }

    /// <summary>Whether the event with the finish reason has the usage, asked for or not.</summary>
    public bool UsageInFinish { get; init; }

    /// <summary>Whether a tool call is one event.</summary>
    public bool WholeToolCalls { get; init; }

    /// <summary>Whether answers have OpenAI's fields that others leave out: refusal, logprobs, fingerprint, details of usage.</summary>
    public bool IsRich { get; init; }
}
