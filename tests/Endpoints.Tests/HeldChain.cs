using System.Text.Json;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Tests;

/// <summary>A chain that gives some pieces, then stops until it is let go on or cancelled. Made for one call.</summary>
internal sealed class HeldChain
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string[] _before;
    private readonly bool _deaf;

    /// <param name="deaf">Whether it goes on waiting when its token is cancelled.</param>
    /// <param name="before">What it gives before it stops.</param>
    public HeldChain(bool deaf, params string[] before)
    {
        _deaf = deaf;
        _before = before;
        Runnable = Runtime.Runnables.Runnable.Generator<JsonElement, string>("held", (_, context) => RunAsync(context));
    }

    public HeldChain(params string[] before)
        : this(false, before)
    {
    }

    public Runnable<JsonElement, string> Runnable { get; }

    /// <summary>It stands still.</summary>
    public Task Held => _held.Task.OrTimeout();

    /// <summary>Its token was cancelled.</summary>
    public Task Cancelled => _cancelled.Task.OrTimeout();

    /// <summary>It has ended, in whatever way.</summary>
    public Task Over => _over.Task.OrTimeout();

    public void Release() => _released.TrySetResult();

    public void Fail(Exception error) => _released.TrySetException(error);

    private async IAsyncEnumerable<string> RunAsync(RunContext context)
    {
        using var _ = context.CancellationToken.Register(() => _cancelled.TrySetResult());
        try
        {
            foreach (var piece in _before)
                yield return piece;
            _held.TrySetResult();
            await (_deaf ? _released.Task : _released.Task.WaitAsync(context.CancellationToken));
            yield return "released";
        }
        finally
        {
            if (context.CancellationToken.IsCancellationRequested)
                _cancelled.TrySetResult();
            _over.TrySetResult();
        }
    }
}
