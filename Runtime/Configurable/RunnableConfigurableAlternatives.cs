using System.Text.Json;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Configurable;

/// <summary>A runnable with others that a configured key puts in its place.</summary>
internal sealed class RunnableConfigurableAlternatives<TIn, TOut> : RunnableStandIn<TIn, TOut>
{
    private readonly ConfigurableField _field;
    private readonly (string Key, Runnable<TIn, TOut> Runnable)[] _choices;

    public RunnableConfigurableAlternatives(
        Runnable<TIn, TOut> original,
        ConfigurableField field,
        string defaultKey,
        (string Key, Runnable<TIn, TOut> Runnable)[] alternatives)
        : base(original)
    {
        _choices = [.. alternatives, (defaultKey, original)];
        var keys = _choices.Select(choice => choice.Key).ToList();
        if (keys.Distinct().Count() < keys.Count)
            throw new CompositionException($"Field '{field.Id}' has a key twice among its alternatives: {string.Join(", ", keys)}.");
        var name = field.Name?.Replace(" ", "", StringComparison.Ordinal);
        _field = field with { Shape = JsonShape.Enum(string.IsNullOrEmpty(name) ? field.Id : name, keys), Default = defaultKey };
    }

    public override IReadOnlyList<ConfigurableField> ConfigurableFields =>
    [
        _field,
        .. ConfigurableFieldSet.Of([Original, .. _choices[..^1].Select(choice => choice.Runnable)]).Where(other => other.Id != _field.Id),
    ];

    protected override Runnable<TIn, TOut> Choose(RunConfig config)
    {
        if (!config.Configurable.TryGetValue(_field.Id, out var value) || value is null)
            return Original;
        var key = value as string ?? (value is JsonElement { ValueKind: JsonValueKind.String } json ? json.GetString() : value.ToString());
        foreach (var choice in _choices)
        {
            if (choice.Key == key)
                return choice.Runnable;
        }

        throw new InvalidInputException(
            $"Field '{_field.Id}' has no alternative '{key}'; there are: {string.Join(", ", _choices.Select(choice => choice.Key))}.");
    }
}
