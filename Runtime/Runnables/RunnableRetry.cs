using System.Globalization;
using System.Runtime.ExceptionServices;
using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>Tries a step again when it fails.</summary>
internal sealed class RunnableRetry<TIn, TOut> : RunnableWithAttempts<TIn, TOut>
{
    private readonly Runnable<TIn, TOut> _step;
    private readonly int _maxAttempts;
    private readonly TimeSpan _delay;
    private readonly TimeSpan _maxDelay;
    private readonly Func<Exception, bool> _shouldRetry;

    public RunnableRetry(Runnable<TIn, TOut> step, RetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.ShouldRetry);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDelay, TimeSpan.Zero);
        _step = step;
        (_maxAttempts, _delay, _maxDelay, _shouldRetry) = (options.MaxAttempts, options.Delay, options.MaxDelay, options.ShouldRetry);
    }

    public override string Name => "RunnableRetry";

    public override IReadOnlyList<ConfigurableField> ConfigurableFields => _step.ConfigurableFields;

    public override JsonShape GetInputShape(RunConfig config) => _step.GetInputShape(config);

    public override JsonShape GetOutputShape(RunConfig config) => _step.GetOutputShape(config);

    protected override (Runnable<TIn, TOut> Runnable, RunContext Context)? Attempt(int number, RunContext context) => number > _maxAttempts
        ? null
        : (_step, context.Child(number == 1 ? null : string.Create(CultureInfo.InvariantCulture, $"retry:attempt:{number}")));

    protected override bool Handles(Exception error) => _shouldRetry(error);

    protected override ExceptionDispatchInfo Surfacing(ExceptionDispatchInfo? former, Exception error) => ExceptionDispatchInfo.Capture(error);

    protected override async ValueTask WaitAsync(int number, Exception error, RunContext context)
    {
        if (number == _maxAttempts)
            return;
        var ceiling = Math.Min(_maxDelay.TotalMilliseconds, _delay.TotalMilliseconds * Math.Pow(2, number - 1));
        var wait = TimeSpan.FromMilliseconds(context.Random() * ceiling);
        if (error is ServingException { RetryAfter: { } floor } && floor > wait)
            wait = floor;
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, context.TimeProvider, context.CancellationToken).ConfigureAwait(false);
    }
}
