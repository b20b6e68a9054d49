using System.Text.Json;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tools;

/// <summary>A tool as a model calls it: arguments that do not fit its shape fail its run, with a sentence that tells the model which.</summary>
internal sealed class CalledTool(Tool tool) : Runnable<ChainValues, object?>
{
    public override string Name => tool.Name;

    public override RunType RunType => RunType.Tool;

    protected internal override ValueTask<object?> InvokeCoreAsync(ChainValues input, RunContext context)
    {
        var json = JsonSerializer.SerializeToElement(input, RuntimeJson.Options);
        if (!tool.GetInputShape(context.Config).TryRead(json, out var arguments, out var errors))
            throw new InvalidInputException($"The arguments of '{Name}' do not fit: {new InvalidInputException(errors).Message}. Call it again with arguments that fit.");
        return tool.InvokeCoreAsync(arguments as ChainValues ?? input, context);
    }
}
