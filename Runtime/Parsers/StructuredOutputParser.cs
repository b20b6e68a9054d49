using System.Text.Json;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Parsers;

/// <summary>
/// Reads a model's answer as JSON that fits a schema. Needs the answer whole. Values close to the schema are put right ("5" for an integer);
/// the answer then has the schema's properties alone, defaults included.
/// </summary>
public sealed class StructuredOutputParser : Runnable<AssistantMessage, JsonElement>
{
    private readonly JsonElement _schema;
    private readonly JsonShape _shape;

    /// <summary>Makes a parser of a JSON schema.</summary>
    /// <param name="schema">The schema; see <see cref="JsonShape.Parse"/> for what of it is enforced.</param>
    public StructuredOutputParser(JsonElement schema)
    {
        _schema = schema.Clone();
        _shape = JsonShape.Parse(_schema);
    }

    /// <inheritdoc/>
    public override string Name => "StructuredOutputParser";

    /// <inheritdoc/>
    public override RunType RunType => RunType.Parser;

    /// <summary>What to tell the model, for use in a prompt: it states the schema.</summary>
    public string FormatInstructions => StructuredAnswer.Instructions(JsonSerializer.SerializeToNode(_schema, RuntimeJson.Options)!);

    /// <inheritdoc/>
    public override JsonShape GetOutputShape(RunConfig config) => _shape;

    /// <inheritdoc/>
    /// <exception cref="OutputParserException">The answer is not JSON, or does not fit; the message names the places and quotes nothing.</exception>
    protected internal override ValueTask<JsonElement> InvokeCoreAsync(AssistantMessage input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        var read = StructuredAnswer.Read(input.Text, _shape, out var raw, out var coerced);
        return new ValueTask<JsonElement>(coerced ? JsonSerializer.SerializeToElement(read, RuntimeJson.Options) : raw);
    }
}
