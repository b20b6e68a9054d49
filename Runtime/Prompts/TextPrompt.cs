using Serving.Runtime.Chat;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Prompts;

/// <summary>A chat template with one variable, taking the bare value of it.</summary>
internal sealed class TextPrompt(ChatPromptTemplate template) : Runnable<string, PromptValue>
{
    private readonly string _variable = template.Variables.Count == 1
        ? template.Variables[0]
        : throw new ArgumentException($"A template that takes a text needs one variable; this one has {template.Variables.Count}: {string.Join(", ", template.Variables)}.", nameof(template));

    public override string Name => template.Name;

    public override RunType RunType => RunType.Prompt;

    public override JsonShape GetOutputShape(RunConfig config) => template.GetOutputShape(config);

    protected internal override ValueTask<PromptValue> InvokeCoreAsync(string input, RunContext context) =>
        template.InvokeCoreAsync(ChainValues.Of(_variable, input), context);
}
