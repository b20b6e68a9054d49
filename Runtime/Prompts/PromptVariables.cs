using Serving.Runtime.Errors;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Prompts;

/// <summary>The variables of a template: which the input gives, and which are settled beforehand.</summary>
internal sealed class PromptVariables
{
    private readonly IReadOnlyList<ShapeProperty> _all;
    private readonly KeyValuePair<string, Func<string>>[] _settled;
    private readonly ShapeProperty[] _open;

    public PromptVariables(IEnumerable<ShapeProperty> all)
        : this([.. all.DistinctBy(property => property.Name, StringComparer.Ordinal)], [])
    {
    }

    private PromptVariables(IReadOnlyList<ShapeProperty> all, KeyValuePair<string, Func<string>>[] settled)
    {
        _all = all;
        _settled = settled;
        _open = [.. all.Where(property => !Array.Exists(settled, value => value.Key == property.Name))];
        Shape = JsonShape.Object("PromptInput", _open);
    }

    public JsonShape Shape { get; }

    public IReadOnlyList<string> Open => [.. _open.Select(property => property.Name)];

    public PromptVariables Settle(string name, Func<string> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        return new PromptVariables(_all, [.. _settled.Where(other => other.Key != name), new(name, value)]);
    }

    /// <summary>The input with the settled values, which win over the input's.</summary>
    /// <exception cref="InvalidInputException">Values are missing.</exception>
    public ChainValues Complete(ChainValues input)
    {
        ArgumentNullException.ThrowIfNull(input);
        List<string>? missing = null;
        foreach (var property in _open)
        {
            if (property.Required && !input.ContainsKey(property.Name))
                (missing ??= []).Add(property.Name);
        }

        if (missing is not null)
        {
            var given = input.Count == 0 ? "no values were given" : $"given were: {string.Join(", ", input.Keys)}";
            throw new InvalidInputException($"The prompt needs {(missing.Count == 1 ? "a value" : "values")} for '{string.Join("', '", missing)}'; {given}.");
        }

        return _settled.Length == 0
            ? input
            : input.With(ChainValues.From(_settled
                .Where(value => _all.Any(property => property.Name == value.Key))
                .Select(value => KeyValuePair.Create(value.Key, (object?)value.Value()))));
    }
}
