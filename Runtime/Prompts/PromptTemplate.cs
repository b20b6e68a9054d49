using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Prompts;

/// <summary>A prompt of one text with variables. Values that are not texts read as JSON does, null reads as nothing.</summary>
public sealed class PromptTemplate : Runnable<ChainValues, PromptValue>
{
    private readonly TemplateText _text;
    private readonly PromptVariables _variables;

    private PromptTemplate(TemplateText text, PromptVariables variables)
    {
        _text = text;
        _variables = variables;
    }

    /// <inheritdoc/>
    public override string Name => "PromptTemplate";

    /// <inheritdoc/>
    public override RunType RunType => RunType.Prompt;

    /// <summary>The text it was made of.</summary>
    public string Template => _text.Source;

    /// <summary>The variables the input must give, in the order of first use.</summary>
    public IReadOnlyList<string> Variables => _variables.Open;

    /// <summary>Makes a template of a text such as <c>say {name}</c>; <c>{{</c> and <c>}}</c> are literal braces.</summary>
    /// <exception cref="InvalidInputException">The text is malformed; the message says where.</exception>
    public static PromptTemplate FromTemplate(string template)
    {
        var text = TemplateText.Parse(template);
        return new PromptTemplate(text, new PromptVariables(text.Variables.Select(variable => new ShapeProperty(variable, JsonShape.String))));
    }

    /// <summary>This template with a variable settled: it leaves the input's schema, and a value of the input under its name does not count.</summary>
    public PromptTemplate Partial(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Partial(name, () => value);
    }

    /// <summary>This template with a variable settled by a function, which is called once for each prompt. It must be thread-safe.</summary>
    public PromptTemplate Partial(string name, Func<string> value) => new(_text, _variables.Settle(name, value));

    /// <inheritdoc/>
    public override JsonShape GetInputShape(RunConfig config) => _variables.Shape;

    /// <inheritdoc/>
    public override JsonShape GetOutputShape(RunConfig config) => PromptValueShape.Output;

    /// <inheritdoc/>
    protected internal override ValueTask<PromptValue> InvokeCoreAsync(ChainValues input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var budget = new PromptBudget(PromptLimits.Of(context));
        var text = _text.Format(_variables.Complete(input), ref budget);
        budget.Check();
        return new ValueTask<PromptValue>(new StringPromptValue(text));
    }
}
