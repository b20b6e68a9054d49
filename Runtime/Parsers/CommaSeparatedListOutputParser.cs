using Serving.Runtime.Chat;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Runtime.Parsers;

/// <summary>
/// Reads a model's answer as a list: items are separated by commas or line ends, trimmed, and may stand in double quotes; empty ones are dropped.
/// While streaming, each item is given when it is finished, as a list of one.
/// </summary>
public sealed class CommaSeparatedListOutputParser : Runnable<AssistantMessage, IReadOnlyList<string>>
{
    /// <inheritdoc/>
    public override string Name => "CommaSeparatedListOutputParser";

    /// <inheritdoc/>
    public override RunType RunType => RunType.Parser;

    /// <inheritdoc/>
    protected internal override ValueTask<IReadOnlyList<string>> InvokeCoreAsync(AssistantMessage input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        var items = new List<string>();
        var splitter = new ListSplitter();
        splitter.Add(input.Text, items);
        splitter.Finish(items);
        return new ValueTask<IReadOnlyList<string>>(items);
    }

    /// <inheritdoc/>
    protected internal override async IAsyncEnumerable<IReadOnlyList<string>> TransformCore(IAsyncEnumerable<AssistantMessage> input, RunContext context)
    {
        var splitter = new ListSplitter();
        var items = new List<string>();
        var pieces = 0;
        var given = 0;
        await foreach (var piece in input.WithCancellation(context.CancellationToken).ConfigureAwait(false))
        {
            pieces++;
            splitter.Add(piece.Text, items);
            foreach (var item in items)
                yield return [item];
            given += items.Count;
            items.Clear();
        }

        splitter.Finish(items);
        foreach (var item in items)
            yield return [item];
        if (pieces > 0 && given + items.Count == 0)
            yield return [];
    }
}
