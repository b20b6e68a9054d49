using Serving.Runtime.Runs;

namespace Serving.Runtime.Runnables;

/// <summary>Runs whatever a function chooses per call. The function may choose a runnable that leads back here: the recursion limit ends that.</summary>
internal sealed class RunnableRoute<TIn, TOut>(string name, Func<TIn, RunContext, Runnable<TIn, TOut>> choose) : Runnable<TIn, TOut>
{
    public override string Name => name;

    protected internal override ValueTask<TOut> InvokeCoreAsync(TIn input, RunContext context)
    {
        var deeper = context.Deeper(name);
        return choose(input, deeper).InvokeAsync(input, deeper.Child());
    }

    protected internal override async IAsyncEnumerable<TOut> StreamCore(TIn input, RunContext context)
    {
        var deeper = context.Deeper(name);
        await foreach (var piece in choose(input, deeper).StreamAsync(input, deeper.Child()).ConfigureAwait(false))
            yield return piece;
    }
}
