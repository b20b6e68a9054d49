using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Events;

/// <summary>
/// Runs a chain and gives its run events and answer as one ordered stream. The chain runs ahead of the reader by a few items at most, so a slow
/// reader slows the provider and memory stays flat.
/// </summary>
internal sealed class ObservedStream : IRunObserver
{
    private const int Ahead = 16;

    private readonly Channel<StreamItem> _items = Channel.CreateBounded<StreamItem>(new BoundedChannelOptions(Ahead) { SingleReader = true });

    public ValueTask OnEventAsync(RunEvent runEvent, CancellationToken cancellationToken) =>
        _items.Writer.WriteAsync(new StreamItem(runEvent, null), cancellationToken);

    /// <summary>Starts the chain; ends with the chain's exception if it fails.</summary>
    public async IAsyncEnumerable<StreamItem> RunAsync<TIn, TOut>(
        Runnable<TIn, TOut> chain,
        TIn input,
        Func<IRunObserver, RunContext> contextOf,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var context = contextOf(this);
        var producing = ProduceAsync(chain, input, context);
        try
        {
            await foreach (var item in _items.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            // Whoever stops reading early has cancelled the context, and does not wait for a chain that takes its time to heed it.
            _items.Writer.TryComplete();
            await producing;
        }
    }

    private async Task ProduceAsync<TIn, TOut>(Runnable<TIn, TOut> chain, TIn input, RunContext context)
    {
        await Task.Yield();
        try
        {
            await foreach (var chunk in chain.StreamAsync(input, context))
                await _items.Writer.WriteAsync(new StreamItem(null, chunk), context.CancellationToken);
            _items.Writer.TryComplete();
        }
        catch (Exception error)
        {
            // The reader throws it.
            _items.Writer.TryComplete(error);
        }
    }
}
