using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Telemetry;
using Serving.Runtime.Errors;

namespace Serving.Providers.Resilience;

/// <summary>
/// A model with what keeps its calls in bounds, from the outside in: retries under a budget, a breaker for each deployment, the provider's limit of calls,
/// the time of one attempt. All chains that call the model share these. Thread-safe.
/// </summary>
public sealed class ResilientModel
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    // Where no deadline tells: whoever is asked to wait longer is told so instead of kept.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly ResiliencePropertyKey<ModelCall> CallKey = new("call");

    private readonly ResilienceServices _services;
    private readonly CallLimit? _limit;
    private readonly RetryBudget _budget;
    private readonly Hedging? _hedging;
    private readonly ResiliencePipeline<Attempt> _pipeline;

    /// <summary>Makes a model.</summary>
    /// <param name="name">The model; its names stand in errors, logs and metrics.</param>
    /// <param name="deployments">The ways to it, 1 to 64.</param>
    /// <param name="options">How calls are bounded.</param>
    /// <param name="limit">The provider's limit, shared by its models; null for none.</param>
    /// <param name="services">Clock, chance, accounting and log.</param>
    /// <exception cref="ArgumentException">There is no deployment, or one with a weight that is no number above 0, or a timeout out of range.</exception>
    public ResilientModel(ModelName name, IReadOnlyList<ModelDeployment> deployments, ResilienceOptions? options = null, CallLimit? limit = null, ResilienceServices? services = null)
    {
        ArgumentNullException.ThrowIfNull(deployments);
        if (deployments.Count is 0 or > DeploymentPool.Most)
            throw new ArgumentException($"Model '{name}' has {deployments.Count} deployments; it needs 1 to {DeploymentPool.Most}.", nameof(deployments));
        if (deployments.FirstOrDefault(deployment => !(deployment.Weight > 0 && double.IsFinite(deployment.Weight))) is { } weightless)
            throw new ArgumentException($"A deployment of model '{name}' has the weight {weightless.Weight}; it must be a number above 0.", nameof(deployments));
        Name = name;
        Options = options ?? new ResilienceOptions();
        foreach (var time in (TimeSpan[])[Options.AttemptTimeout, IdleTimeout])
        {
            if (time <= TimeSpan.Zero || time > LongestTimeout)
                throw new ArgumentOutOfRangeException(nameof(options), time, $"A timeout of model '{name}' must be above 0 and at most {LongestTimeout.TotalDays} days.");
        }

        _services = services ?? new ResilienceServices();
        _limit = limit;
        _budget = new RetryBudget(Options.RetryBudget);
        Deployments = new DeploymentPool(
            [.. deployments.Select(one => new Deployment(one, new CircuitBreaker(Options, Time, one.KeyVersion, BreakerChanged), Time))],
            _services.Random);

        var pipeline = new ResiliencePipelineBuilder<Attempt> { TimeProvider = Time };
        if (Options.MaxRetries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions<Attempt>
            {
                MaxRetryAttempts = Options.MaxRetries,
                ShouldHandle = arguments => new ValueTask<bool>(PlanRetry(CallOf(arguments.Context), arguments.Outcome.Exception, arguments.AttemptNumber)),
                DelayGenerator = arguments => new ValueTask<TimeSpan?>(CallOf(arguments.Context).NextWait),
            });
        }

        if (Options.HedgeShare > 0)
        {
            _hedging = new Hedging(Options.HedgeShare, _budget);
            pipeline.AddHedging(_hedging.Strategy(TryHedge, OpenAsync));
        }

        _pipeline = pipeline.Build();
        Metrics = _services.Metrics?.Of(name, () => Health);
    }

    /// <summary>The model.</summary>
    public ModelName Name { get; }

    /// <summary>Options of every call of this model, also where it stands in for another; what a call sets itself counts.</summary>
    /// <value>Default none.</value>
    public ChatOptions? Defaults { get; init; }

    /// <summary>How it is doing.</summary>
    public ModelHealth Health
    {
        get
        {
            var best = Deployments.All.Select(deployment => deployment.Breaker.Read()).MinBy(breaker => breaker.State);
            return new ModelHealth(Name, best.State, Deployments.HasSeveral ? Deployments.NextFree().Wait : best.RetryAfter, _budget.Left);
        }
    }

    internal ResilienceOptions Options { get; }

    internal TimeSpan IdleTimeout => Options.IdleTimeout ?? Options.AttemptTimeout;

    internal TimeProvider Time => _services.TimeProvider;

    internal ModelMetrics? Metrics { get; }

    internal DeploymentPool Deployments { get; }

    internal IChatClient Client => Deployments.All[0].Client;

    internal Microsoft.Extensions.Logging.ILogger Logger => _services.Logger;

    internal static ModelCall CallOf(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);

    /// <summary>Asks the model once, or with what a second call needs. What has failed is given to <see cref="AskAgainAsync"/>.</summary>
    internal ValueTask<Outcome<Attempt>> AskAsync(ModelCall call) =>
        // Most calls need no second attempt, and so nothing of what makes them.
        _hedging is null ? AttemptAsync(call, call.CancellationToken) : ExecuteAsync(call);

    /// <summary>Asks the model after its first attempt, until it begins to answer or nothing more can be done. Gives back what is no failure, or final.</summary>
    internal ValueTask<Outcome<Attempt>> AskAgainAsync(ModelCall call, Outcome<Attempt> first)
    {
        if (_hedging is not null || first.Exception is null || Options.MaxRetries == 0)
            return new ValueTask<Outcome<Attempt>>(first);
        call.Failed = first;
        return ExecuteAsync(call);
    }

    private async ValueTask<Outcome<Attempt>> ExecuteAsync(ModelCall call)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, call.CancellationToken);
        try
        {
            context.Properties.Set(CallKey, call);
            var outcome = await _pipeline.ExecuteOutcomeAsync(static (context, model) => model.NextAsync(CallOf(context), context.CancellationToken), context, this).ConfigureAwait(false);
            if (call.IsHedged)
                Metrics?.Hedged(won: outcome.Result?.IsHedge == true);
            if (call.OwesRetry)
                _budget.Return();
            return outcome;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    internal AttemptRecord? Record(ModelCall call, Deployment deployment, bool isHedge) => AttemptRecord.Create(Name, deployment.Client, call, isHedge, _services);

    internal void Ended(CallOutcome outcome, TimeSpan duration, UsageDetails? usage)
    {
        Metrics?.AttemptEnded(outcome, duration);
        if (usage is null)
            return;
        Metrics?.Used(usage);
        _services.Usage.Record(Name, usage);
    }

    /// <summary>The attempt that has already failed, and then others.</summary>
    private ValueTask<Outcome<Attempt>> NextAsync(ModelCall call, CancellationToken cancellationToken)
    {
        if (call.Failed is not { } failed)
            return AttemptAsync(call, cancellationToken);
        call.Failed = null;
        return new ValueTask<Outcome<Attempt>>(failed);
    }

    private ValueTask<Outcome<Attempt>> AttemptAsync(ModelCall call, CancellationToken cancellationToken)
    {
        call.IsSent = false;
        if (!Deployments.TryEnter(out var deployment, out var pass))
        {
            var (wait, isRest) = Deployments.NextFree();
            return Outcome.FromExceptionAsValueTask<Attempt>(isRest ? Failures.Resting(Name, wait!.Value) : Failures.HeldBack(Name, wait ?? TimeSpan.FromSeconds(1)));
        }

        if (_limit is null)
            return BeginAsync(call, deployment, pass, lease: null, cancellationToken);
        // Where a place is free there is no wait, and no state of one.
        var entering = _limit.EnterAsync(cancellationToken);
        return entering.IsCompletedSuccessfully
            ? BeginAsync(call, deployment, pass, entering.Result, cancellationToken)
            : EnterAsync(entering, call, deployment, pass, cancellationToken);
    }

    private async ValueTask<Outcome<Attempt>> EnterAsync(
        ValueTask<RateLimitLease> entering, ModelCall call, Deployment deployment, BreakerPass pass, CancellationToken cancellationToken)
    {
        RateLimitLease lease;
        try
        {
            lease = await entering.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            deployment.Breaker.Record(pass, CallResult.Unknown);
            return Outcome.FromException<Attempt>(error is OperationCanceledException ? Failures.Left(Name, error, call.CancellationToken) : error);
        }

        return await BeginAsync(call, deployment, pass, lease, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<Outcome<Attempt>> BeginAsync(ModelCall call, Deployment deployment, BreakerPass pass, RateLimitLease? lease, CancellationToken cancellationToken)
    {
        var attempt = Begin(call, deployment, pass, lease, isHedge: false, cancellationToken, out var refusal);
        return attempt is null ? Outcome.FromExceptionAsValueTask<Attempt>(refusal!) : OpenAsync(call, attempt); // there is one or the other
    }

    /// <summary>Begins a second attempt, if there is a free way to the model and a free place at its provider: it is worth no wait.</summary>
    private Attempt? TryHedge(ModelCall call, CancellationToken cancellationToken) => Deployments.TryEnter(out var deployment, out var pass)
        ? Begin(call, deployment, pass, _limit?.TryEnter(), isHedge: true, cancellationToken, out _)
        : null;

    private Attempt? Begin(
        ModelCall call, Deployment deployment, BreakerPass pass, RateLimitLease? lease, bool isHedge, CancellationToken cancellationToken, out Exception? refusal)
    {
        refusal = cancellationToken.IsCancellationRequested ? Failures.Left(Name, null, call.CancellationToken)
            : lease is { IsAcquired: false } ? Failures.Crowded(Name, _limit!.MaxCalls) // a lease is a limit's
            : call.IsOutOfTime ? Failures.OutOfTime(Name)
            : null;
        if (refusal is not null)
        {
            lease?.Dispose();
            deployment.Breaker.Record(pass, CallResult.Unknown);
            return null;
        }

        if (!isHedge)
            call.OwesRetry = false;
        call.IsSent = true;
        if (call.Attempts++ == 0)
            _budget.Earn();
        return new Attempt(this, call, deployment, pass, lease, isHedge, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<Attempt>> OpenAsync(ModelCall call, Attempt attempt)
    {
        try
        {
            if (call.IsStreamed)
                await attempt.OpenAsync().ConfigureAwait(false);
            else
                attempt.Answered(await attempt.AskAsync().ConfigureAwait(false));
            _hedging?.Answered(call.IsStreamed, attempt.Elapsed);
            return Outcome.FromResult(attempt);
        }
        catch (Exception error)
        {
            call.LastTook = attempt.Elapsed;
            var failure = attempt.Fail(error);
            await attempt.DisposeAsync().ConfigureAwait(false);
            return Outcome.FromException<Attempt>(failure);
        }
    }

    /// <summary>Decides on another attempt, and on the wait before it.</summary>
    private bool PlanRetry(ModelCall call, Exception? error, int retriesMade)
    {
        if (error is not ProviderException { IsTransient: true } failure || retriesMade >= Options.MaxRetries || call.CancellationToken.IsCancellationRequested)
            return false;
        if (failure.IsUnsent && failure.Kind != ErrorKind.RateLimited)
            return false;

        var (busy, isRest) = Deployments.NextFree();
        // A breaker that has opened refuses the retry too.
        if (busy is not null && !isRest)
            return false;
        call.NextWait = WaitAfter(failure, busy, retriesMade);
        // Whoever took long to fail is not given less than that.
        if (call.NextWait > LongestWait || !call.HasTimeFor(call.NextWait + call.LastTook))
            return false;
        var reason = CallOutcomes.Of(failure);
        if (!call.OwesRetry && !failure.IsUnsent)
        {
            if (!_budget.TryTake())
            {
                Log.OutOfBudget(Logger, Name, reason.Word(), call.Run?.RootRunId);
                return false;
            }

            call.OwesRetry = true;
        }

        Metrics?.Retried(reason);
        CallEvents.Retries(call, reason, call.NextWait);
        Log.Retries(Logger, Name, reason.Word(), call.Attempts + 1, Math.Round(call.NextWait.TotalMilliseconds), call.Run?.RootRunId);
        return true;
    }

    private TimeSpan WaitAfter(ProviderException failure, TimeSpan? rest, int retriesMade)
    {
        // The limited one rests; another is free.
        if (rest is null && failure.Kind == ErrorKind.RateLimited && Deployments.HasSeveral && Deployments.SomeRest)
            return TimeSpan.Zero;
        var chance = _services.Random();
        var longest = Math.Min(LongestBackoff.Ticks, Options.RetryBackoff.Ticks * Math.Pow(2, Math.Min(retriesMade, 30)));
        var backoff = TimeSpan.FromTicks((long)longest);
        // Nobody comes before the time that was asked for, and not everybody at once when it has come.
        return rest is { } wait
            ? wait + chance * (backoff < wait ? backoff : wait)
            : backoff * (0.5 + chance / 2);
    }

    private void BreakerChanged(BreakerState state, TimeSpan openTime)
    {
        switch (state)
        {
            case BreakerState.Open:
                Log.BreakerOpens(Logger, Name, openTime.TotalSeconds);
                break;
            case BreakerState.HalfOpen:
                Log.BreakerProbes(Logger, Name);
                break;
            default:
                Log.BreakerCloses(Logger, Name);
                break;
        }
    }
}
