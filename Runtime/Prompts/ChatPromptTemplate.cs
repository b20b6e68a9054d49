using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Prompts;

/// <summary>A prompt of messages with variables. Values that are not texts read as JSON does, null reads as nothing.</summary>
public sealed class ChatPromptTemplate : Runnable<ChainValues, PromptValue>
{
    private readonly PromptPart[] _parts;
    private readonly PromptVariables _variables;

    private ChatPromptTemplate(PromptPart[] parts, PromptVariables variables)
    {
        _parts = parts;
        _variables = variables;
    }

    /// <inheritdoc/>
    public override string Name => "ChatPromptTemplate";

    /// <inheritdoc/>
    public override RunType RunType => RunType.Prompt;

    /// <summary>The variables the input may give, in the order of first use.</summary>
    public IReadOnlyList<string> Variables => _variables.Open;

    /// <summary>Makes a template of pairs such as <c>("human", "Tell me about {topic}")</c>, placeholders, and messages as they are.</summary>
    /// <exception cref="InvalidInputException">A text is malformed; the message says where.</exception>
    public static ChatPromptTemplate FromMessages(params PromptPart[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return new ChatPromptTemplate([.. parts], new PromptVariables(parts.SelectMany(part => part.Variables)));
    }

    /// <summary>This template with a variable settled: it leaves the input's schema, and a value of the input under its name does not count.</summary>
    public ChatPromptTemplate Partial(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Partial(name, () => value);
    }

    /// <summary>This template with a variable settled by a function, which is called once for each prompt. It must be thread-safe.</summary>
    public ChatPromptTemplate Partial(string name, Func<string> value) => new(_parts, _variables.Settle(name, value));

    /// <summary>This template taking the text of its one variable instead of named values.</summary>
    /// <exception cref="ArgumentException">It has not exactly one variable.</exception>
    public Runnable<string, PromptValue> ForText() => new TextPrompt(this);

    /// <inheritdoc/>
    public override JsonShape GetInputShape(RunConfig config) => _variables.Shape;

    /// <inheritdoc/>
    public override JsonShape GetOutputShape(RunConfig config) => PromptValueShape.Output;

    /// <inheritdoc/>
    protected internal override ValueTask<PromptValue> InvokeCoreAsync(ChainValues input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var values = _variables.Complete(input);
        var budget = new PromptBudget(PromptLimits.Of(context));
        var messages = new List<ChatMessage>(_parts.Length);
        foreach (var part in _parts)
            part.AddTo(messages, values, ref budget);
        budget.Check();
        return new ValueTask<PromptValue>(new ChatPromptValue(messages) { IsFromTemplate = true });
    }
}
