using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.History;

/// <summary>Gives chains a memory of what was said.</summary>
public static class MessageHistoryExtensions
{
    /// <summary>
    /// Puts the earlier messages of the call's session into the input, and adds the new message and the answer to the session once the run has
    /// ended well. Pieces pass through as they come. The session is told by the call, in a configurable field.
    /// </summary>
    /// <param name="inner">The chain. It gives messages or texts; a text counts as the model's message.</param>
    /// <param name="store">Where sessions are kept.</param>
    /// <param name="options">How values are named.</param>
    /// <exception cref="CompositionException">The chain gives something that is no message.</exception>
    public static Runnable<ChainValues, TOut> WithMessageHistory<TOut>(this Runnable<ChainValues, TOut> inner, IChatHistoryStore store, MessageHistoryOptions options)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        return new RunnableWithMessageHistory<TOut>(inner, store, options);
    }
}
