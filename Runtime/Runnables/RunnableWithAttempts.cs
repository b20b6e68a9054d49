using System.Runtime.ExceptionServices;
using Serving.Runtime.Runs;

namespace Serving.Runtime.Runnables;

/// <summary>Tries, and on failure tries again or something else. What has been passed on is never taken back: a stream is tried up to its first piece.</summary>
internal abstract class RunnableWithAttempts<TIn, TOut> : Runnable<TIn, TOut>
{
    protected internal sealed override async ValueTask<TOut> InvokeCoreAsync(TIn input, RunContext context)
    {
        ExceptionDispatchInfo? surfacing = null;
        for (var number = 1; Attempt(number, context) is var (runnable, child); number++)
        {
            try
            {
                return await runnable.InvokeAsync(input, child).ConfigureAwait(false);
            }
            catch (Exception error) when (Handles(error, context))
            {
                surfacing = Surfacing(surfacing, error);
                await WaitAsync(number, error, context).ConfigureAwait(false);
            }
        }

        surfacing!.Throw();
        throw surfacing.SourceException;
    }

    protected internal sealed override async IAsyncEnumerable<TOut> StreamCore(TIn input, RunContext context)
    {
        ExceptionDispatchInfo? surfacing = null;
        for (var number = 1; Attempt(number, context) is var (runnable, child); number++)
        {
            Exception? failure = null;
            var more = false;
            var pieces = Lazily(runnable, input, child).GetAsyncEnumerator(child.CancellationToken);
            await using (pieces.ConfigureAwait(false))
            {
                try
                {
                    more = await pieces.MoveNextAsync().ConfigureAwait(false);
                }
                catch (Exception error) when (Handles(error, context))
                {
                    failure = error;
                }

                while (more)
                {
                    yield return pieces.Current;
                    more = await pieces.MoveNextAsync().ConfigureAwait(false);
                }
            }

            if (failure is null)
                yield break;
            surfacing = Surfacing(surfacing, failure);
            await WaitAsync(number, failure, context).ConfigureAwait(false);
        }

        surfacing!.Throw();
    }

    /// <summary>What to try, numbered from 1; null if there is nothing left. There is always a first.</summary>
    protected abstract (Runnable<TIn, TOut> Runnable, RunContext Context)? Attempt(int number, RunContext context);

    /// <summary>Whether another attempt may make an error good, if there is one left.</summary>
    protected abstract bool Handles(Exception error);

    /// <summary>Which error is thrown when nothing is left.</summary>
    protected abstract ExceptionDispatchInfo Surfacing(ExceptionDispatchInfo? former, Exception error);

    /// <summary>Waits before the next attempt.</summary>
    protected virtual ValueTask WaitAsync(int number, Exception error, RunContext context) => default;

    private bool Handles(Exception error, RunContext context) => !context.CancellationToken.IsCancellationRequested && Handles(error);

    /// <summary>Puts an error of making the stream where an error of reading it would be.</summary>
    private static async IAsyncEnumerable<TOut> Lazily(Runnable<TIn, TOut> runnable, TIn input, RunContext context)
    {
        await foreach (var piece in runnable.StreamAsync(input, context).ConfigureAwait(false))
            yield return piece;
    }
}
