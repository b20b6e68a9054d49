using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Parsers;

/// <summary>Reads a model's answer as JSON of the shape of <typeparamref name="T"/>. Needs the answer whole.</summary>
/// <typeparam name="T">What the answer becomes; see <see cref="JsonShape.For{T}"/>.</typeparam>
public sealed class StructuredOutputParser<T> : Runnable<AssistantMessage, T>
{
    private readonly JsonShape _shape = JsonShape.For<T>();

    /// <inheritdoc/>
    public override string Name => "StructuredOutputParser";

    /// <inheritdoc/>
    public override RunType RunType => RunType.Parser;

    /// <summary>What to tell the model, for use in a prompt: it states the schema.</summary>
    public string FormatInstructions => StructuredAnswer.Instructions(_shape.ToSchema());

    /// <inheritdoc/>
    /// <exception cref="OutputParserException">The answer is not JSON, or does not fit; the message names the places and quotes nothing.</exception>
    protected internal override ValueTask<T> InvokeCoreAsync(AssistantMessage input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ValueTask<T>((T)StructuredAnswer.Read(input.Text, _shape, out _, out _)!);
    }
}
