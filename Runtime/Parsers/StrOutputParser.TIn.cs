using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Runtime.Parsers;

/// <summary>Takes the text out of messages, piece by piece as they come.</summary>
/// <typeparam name="TIn"><see cref="AssistantMessage"/>, <see cref="ChatMessage"/> or <see cref="string"/>.</typeparam>
public class StrOutputParser<TIn> : Runnable<TIn, string>
{
    private static readonly Func<TIn, string>? Text = Find();

    /// <summary>Makes the parser.</summary>
    /// <exception cref="CompositionException">There is no text to be taken out of <typeparamref name="TIn"/>.</exception>
    public StrOutputParser()
    {
        if (Text is null)
            throw new CompositionException($"StrOutputParser takes AssistantMessage, ChatMessage or string, but not {typeof(TIn).Name}.");
    }

    /// <inheritdoc/>
    public override string Name => "StrOutputParser";

    /// <inheritdoc/>
    public override RunType RunType => RunType.Parser;

    /// <inheritdoc/>
    protected internal override ValueTask<string> InvokeCoreAsync(TIn input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ValueTask<string>(Text!(input)); // the constructor has seen to it
    }

    /// <inheritdoc/>
    protected internal override async IAsyncEnumerable<string> TransformCore(IAsyncEnumerable<TIn> input, RunContext context)
    {
        await foreach (var piece in input.WithCancellation(context.CancellationToken).ConfigureAwait(false))
            yield return Text!(piece); // the constructor has seen to it
    }

    private static Func<TIn, string>? Find()
    {
        Delegate? text = typeof(TIn) == typeof(AssistantMessage) ? (AssistantMessage message) => message.Text
            : typeof(TIn) == typeof(ChatMessage) ? (ChatMessage message) => message.Text
            : typeof(TIn) == typeof(string) ? (string message) => message
            : null;
        return (Func<TIn, string>?)text;
    }
}
