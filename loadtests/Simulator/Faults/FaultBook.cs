using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Serving.Simulator.Faults;

/// <summary>The faults in force: those that model names ask for, and rules that hold for names without one. Safe to use from several threads.</summary>
public sealed class FaultBook
{
    /// <summary>A rule's model that stands for every model.</summary>
    public const string AnyModel = "*";

    private readonly long _seed;
    private ConcurrentDictionary<string, Decisions> _names = new(StringComparer.Ordinal);
    private ImmutableList<(string Model, string Text, Decisions Decisions)> _rules = [];

    internal FaultBook(long seed) => _seed = seed;

    /// <summary>The rules in force, oldest first.</summary>
    public IReadOnlyList<(string Model, string Fault)> Rules => [.. _rules.Select(rule => (rule.Model, rule.Text))];

    /// <summary>Adds a rule. Rules are asked in their order before a model's own name; the first whose turn it is decides.</summary>
    /// <param name="model">A model's whole name, or <see cref="AnyModel"/>.</param>
    /// <param name="fault">The same text as in a model's name: <c>429~retry-after=2~times=1</c>.</param>
    /// <exception cref="FormatException">The text asks for what there is not; the message lists what there is.</exception>
    public void Add(string model, string fault)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(fault);
        var behaviour = BehaviourText.Parse(fault);
        if (behaviour.Fault is null)
            throw new FormatException("A rule has a fault, such as '503~times=1'.");
        ImmutableInterlocked.Update(ref _rules, rules => rules.Add((model, fault, new Decisions(behaviour, $"{model} {fault}", _seed))));
    }

    /// <summary>Removes all rules, and begins again to count the requests of every name.</summary>
    public void Clear()
    {
        _rules = [];
        _names = new(StringComparer.Ordinal);
    }

    /// <summary>How the next request of this model is answered.</summary>
    /// <param name="model">Its whole name.</param>
    /// <param name="wouldCallTools">Whether an answer under a behaviour calls tools: rules for after a tool call pass over those that do not.</param>
    /// <exception cref="FormatException">The name asks for what there is not; the message lists what there is.</exception>
    internal (Behaviour Behaviour, Fault? Fault) Next(string model, Func<Behaviour, bool> wouldCallTools)
    {
        var own = _names.GetOrAdd(model, static (name, seed) => new Decisions(BehaviourText.OfModel(name), name, seed), _seed);
        foreach (var (name, _, rule) in _rules)
        {
            if (name != AnyModel && name != model)
                continue;
            var behaviour = own.Behaviour.Under(rule.Behaviour);
            if ((behaviour.Fault?.At != FaultPoint.Tool || wouldCallTools(behaviour)) && rule.Next() is { } fault)
                return (behaviour, fault);
        }

        return own.Behaviour.Fault?.At == FaultPoint.Tool && !wouldCallTools(own.Behaviour) ? (own.Behaviour, null) : (own.Behaviour, own.Next());
    }
}
