namespace Serving.Simulator.Faults;

/// <summary>What a model's name, or an admin's rule, asks for.</summary>
internal sealed record Behaviour
{
    public Fault? Fault { get; init; }

    /// <summary>Pieces of text; null for the options' number, and for none before tool calls.</summary>
    public int? Tokens { get; init; }

    /// <summary>Between pieces; null for what the options say.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Before anything is answered.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Whether tools are called if the request has some.</summary>
    public bool CallsTools { get; init; }

    /// <summary>Tool calls in one answer.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>How often tools are called before there is an answer of text.</summary>
    public int Rounds { get; init; } = 1;

    public int Cached { get; init; }

    public int Reasoning { get; init; }

    /// <summary>This under a rule: the rule's fault, and whatever else the rule sets.</summary>
    public Behaviour Under(Behaviour rule) => new()
    {
        Fault = rule.Fault,
        Tokens = rule.Tokens ?? Tokens,
        Delay = rule.Delay ?? Delay,
        Wait = rule.Wait > TimeSpan.Zero ? rule.Wait : Wait,
        CallsTools = rule.CallsTools || CallsTools,
        Calls = rule.Calls > 1 ? rule.Calls : Calls,
        Rounds = rule.Rounds > 1 ? rule.Rounds : Rounds,
        Cached = rule.Cached > 0 ? rule.Cached : Cached,
        Reasoning = rule.Reasoning > 0 ? rule.Reasoning : Reasoning,
    };
}
