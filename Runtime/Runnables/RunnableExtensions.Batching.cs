using Serving.Runtime.Runs;

namespace Serving.Runtime.Runnables;

public static partial class RunnableExtensions
{
    /// <summary>Runs every input, each under a context of its own. Results keep the order of the inputs.</summary>
    /// <param name="runnable">What runs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="contexts">A context per input. When the token of one is cancelled, the batch is, whatever the options say.</param>
    /// <param name="options">Bounds, and what a failure does; the defaults if null.</param>
    /// <exception cref="ArgumentException">There are more or fewer contexts than inputs.</exception>
    public static async ValueTask<IReadOnlyList<BatchResult<TOut>>> BatchAsync<TIn, TOut>(
        this Runnable<TIn, TOut> runnable,
        IReadOnlyList<TIn> inputs,
        IReadOnlyList<RunContext> contexts,
        BatchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(contexts);
        if (contexts.Count != inputs.Count)
            throw new ArgumentException($"There are {contexts.Count} contexts for {inputs.Count} inputs; give one each.", nameof(contexts));
        if (inputs.Count == 0)
            return [];
        var shared = contexts[0].CancellationToken;
        var limit = options?.MaxConcurrency ?? contexts.Min(context => context.Config.MaxConcurrency);
        var results = new BatchResult<TOut>[inputs.Count];
        await SideBySide.RunAsync(inputs.Count, limit, RunItem, shared).ConfigureAwait(false);
        return results;

        async ValueTask RunItem(int index, CancellationToken stop)
        {
            var context = contexts[index];
            var own = context.CancellationToken;
            using var both = own == shared ? null : CancellationTokenSource.CreateLinkedTokenSource(own, stop);
            try
            {
                results[index] = new(await runnable.InvokeAsync(inputs[index], context.With(both?.Token ?? stop)).ConfigureAwait(false), null);
            }
            catch (Exception error) when (options is { ReturnErrors: true } && !own.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                results[index] = new(default, error);
            }
        }
    }

    /// <summary>Runs every input. Answers keep the order of the inputs; the first failure cancels the rest and is thrown as it was.</summary>
    /// <param name="runnable">What runs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="options">Bounds; no limit if null. These answers have no place for failures, so <see cref="BatchOptions.ReturnErrors"/> must be false.</param>
    /// <param name="cancellationToken">Ends the batch.</param>
    public static async ValueTask<IReadOnlyList<TOut>> BatchAsync<TIn, TOut>(
        this Runnable<TIn, TOut> runnable,
        IReadOnlyList<TIn> inputs,
        BatchOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (options is { ReturnErrors: true })
            throw new ArgumentException("These answers have no place for errors; give contexts as well, or leave ReturnErrors false.", nameof(options));
        var contexts = inputs.Select(_ => RunContext.Create(cancellationToken: cancellationToken)).ToList();
        var results = await runnable.BatchAsync(inputs, contexts, options).ConfigureAwait(false);
        return [.. results.Select(result => result.Output!)];
    }
}
