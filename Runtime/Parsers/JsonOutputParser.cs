using System.Text.Json;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Runtime.Parsers;

/// <summary>
/// Reads a model's answer as JSON; a Markdown code fence around it is stripped. While streaming it gives the whole value so far each time it
/// has changed, so a reader may show the last piece alone. Giving whole values costs the square of the answer's length.
/// </summary>
public sealed class JsonOutputParser : Runnable<AssistantMessage, JsonElement>
{
    /// <inheritdoc/>
    public override string Name => "JsonOutputParser";

    /// <inheritdoc/>
    public override RunType RunType => RunType.Parser;

    /// <inheritdoc/>
    /// <exception cref="OutputParserException">The answer is not JSON.</exception>
    protected internal override ValueTask<JsonElement> InvokeCoreAsync(AssistantMessage input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        var answer = new JsonAnswer();
        answer.Add(input.Text);
        return new ValueTask<JsonElement>(answer.Complete());
    }

    /// <inheritdoc/>
    protected internal override async IAsyncEnumerable<JsonElement> TransformCore(IAsyncEnumerable<AssistantMessage> input, RunContext context)
    {
        var answer = new JsonAnswer();
        var given = 0;
        var any = false;
        await foreach (var piece in input.WithCancellation(context.CancellationToken).ConfigureAwait(false))
        {
            any = true;
            answer.Add(piece.Text);
            if (answer.Version == given || !answer.TryGetValue(out var value))
                continue;
            given = answer.Version;
            yield return value;
        }

        if (!any)
            yield break;
        var whole = answer.Complete();
        if (answer.Version != given || given == 0)
            yield return whole;
    }
}
