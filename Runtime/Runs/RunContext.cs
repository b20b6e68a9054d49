using System.Diagnostics;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runs;

/// <summary>
/// Where a run hangs and what it runs under: config, cancellation, clock, services and, if somebody observes, the run itself.
/// Passed explicitly, never ambient. Immutable but for what is made on first use; safe to share between branches.
/// </summary>
public sealed class RunContext
{
    private readonly RunScope _scope;
    private readonly string? _tag;
    private readonly int _depth;
    private readonly RunContext? _sameRun;
    private readonly SpanUse _spanUse;
    private object? _runId;
    private RunConfig? _configBelow;

    private RunContext(
        RunScope scope, RunConfig config, Run? run, (Activity? Span, SpanUse Use) span, string? tag, int depth, Guid runId, CancellationToken cancellationToken)
    {
        _scope = scope;
        Config = config;
        Run = run;
        (Span, _spanUse) = span;
        _tag = tag;
        _depth = depth;
        if (runId != Guid.Empty)
            _runId = runId;
        CancellationToken = cancellationToken;
    }

    /// <summary>A copy for the same run: whichever is asked first for its id, both tell the same.</summary>
    private RunContext(RunContext sameRun, RunConfig config, int depth, CancellationToken cancellationToken)
        : this(sameRun._scope, config, sameRun.Run, (sameRun.Span, sameRun._spanUse), sameRun._tag, depth, Guid.Empty, cancellationToken)
    {
        _sameRun = sameRun._sameRun ?? sameRun;
        Root = sameRun.Root;
    }

    /// <summary>The config in force.</summary>
    public RunConfig Config { get; }

    /// <summary>The run this context was made for; null where nobody observes or no run has begun.</summary>
    public Run? Run { get; }

    /// <summary>The span that what a step starts belongs below; null where nobody records spans.</summary>
    public Activity? Span { get; }

    /// <summary>What adds up over the root run; null if nobody asked.</summary>
    public RunTally? Tally => _scope.Tally;

    /// <summary>Cancelled when the caller leaves or the deadline passes. Pass it to everything that waits, but to nothing that goes on after the run: a host may use it for another one then.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The clock of this run.</summary>
    public TimeProvider TimeProvider => _scope.TimeProvider;

    /// <summary>Chance, from 0 up to but not including 1. Thread-safe.</summary>
    public Func<double> Random => _scope.Random;

    /// <summary>Services of the request or process; null outside a host.</summary>
    public IServiceProvider? Services => _scope.Services;

    /// <summary>How long the run may still take, as the clock of this run has it; null if nothing bounds it, zero or less if its time is over.</summary>
    public TimeSpan? TimeLeft => _scope.TimeLeft?.Invoke();

    /// <summary>The id of the run. Made on first use where nobody observes.</summary>
    public Guid RunId
    {
        get
        {
            if (_sameRun is not null)
                return _sameRun.RunId;

            // Boxed, so that branches that ask at the same time see one whole id.
            if (_runId is null)
                Interlocked.CompareExchange(ref _runId, RunIds.New(), null);
            return (Guid)_runId;
        }
    }

    /// <summary>Hears how long models are waited for; null where nobody measures.</summary>
    internal ModelWait? ModelWait => _scope.ModelWait;

    /// <summary>What a model answers; the wait for it is measured if somebody measures.</summary>
    internal MeasuredWait<T> WaitForAsync<T>(Task<T> answer) => new(new ValueTask<T>(answer), ModelWait);

    /// <summary>What a model streams; the waits for it are measured if somebody measures.</summary>
    internal MeasuredStream<T> WaitForEach<T>(IAsyncEnumerable<T> updates) => new(updates, ModelWait);

    /// <summary>The id of the root run: the one that the request's caller knows.</summary>
    public Guid RootRunId => (Root ?? this).RunId;

    /// <summary>Whether events are sent or spans recorded.</summary>
    internal bool IsObserved => _scope.Observer is not null || _scope.IsTraced;

    /// <summary>Makes the context of a root run.</summary>
    /// <param name="config">The config; its <see cref="RunConfig.RunId"/> becomes the root's id.</param>
    /// <param name="observer">Receives the events. Without one no event is made.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    /// <param name="services">Services for steps that want them.</param>
    /// <param name="random">Chance; the process's own if null.</param>
    /// <param name="timeLeft">Tells how long the run may still take; asked from any thread. Null if nothing bounds it but the token.</param>
    /// <param name="modelWait">Hears how long models are waited for; null if nobody measures.</param>
    /// <param name="tally">Takes what adds up over the run.</param>
    /// <param name="span">The root run's span, where the caller has begun one and ends it. If null, the root run has one of its own below the current one.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static RunContext Create(
        RunConfig? config = null,
        IRunObserver? observer = null,
        TimeProvider? timeProvider = null,
        IServiceProvider? services = null,
        Func<double>? random = null,
        Func<TimeSpan?>? timeLeft = null,
        ModelWait? modelWait = null,
        RunTally? tally = null,
        Activity? span = null,
        CancellationToken cancellationToken = default)
    {
        config ??= RunConfig.Empty;
        var isTraced = span?.IsAllDataRequested ?? RunSpans.AreWanted;
        var scope = observer is null && timeProvider is null && services is null && random is null && timeLeft is null && modelWait is null && tally is null && !isTraced
            ? RunScope.Default
            : new RunScope(observer, timeProvider ?? TimeProvider.System, services, random ?? RunScope.Default.Random, timeLeft, modelWait, tally, isTraced);
        var use = span is null ? SpanUse.OfRunAbove : SpanUse.OfNextRun;
        return new RunContext(scope, config, null, (isTraced ? span ?? Activity.Current : null, use), null, 0, config.RunId ?? Guid.Empty, cancellationToken);
    }

    /// <summary>The context for a runnable called from this one.</summary>
    /// <param name="tag">The place of the called runnable in its caller, such as <c>seq:step:1</c>; it tags that run alone.</param>
    public RunContext Child(string? tag = null) =>
        new(_scope, _configBelow ??= WithoutOwn(Config), Run, (Span, SpanUse.OfRunAbove), tag, _depth, Guid.Empty, CancellationToken) { Root = Root ?? this };

    /// <summary>This context with more config laid over it.</summary>
    public RunContext With(RunConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var merged = Config.Merge(config);
        return config.RunId is { } runId
            ? new RunContext(_scope, merged, Run, (Span, _spanUse), _tag, _depth, runId, CancellationToken) { Root = Root }
            : new RunContext(this, merged, _depth, CancellationToken);
    }

    /// <summary>This context under another token, which should be linked to this one's.</summary>
    public RunContext With(CancellationToken cancellationToken) => new(this, Config, _depth, cancellationToken);

    /// <summary>This context with config laid below it: what the caller set counts.</summary>
    internal RunContext Over(RunConfig config)
    {
        var merged = config.Merge(Config);
        return config.RunId is { } runId && Config.RunId is null
            ? new RunContext(_scope, merged, Run, (Span, _spanUse), _tag, _depth, runId, CancellationToken) { Root = Root }
            : new RunContext(this, merged, _depth, CancellationToken);
    }

    /// <summary>This context one level further down a chain of runnables chosen at run time.</summary>
    /// <exception cref="RecursionLimitException">The config's recursion limit is reached.</exception>
    internal RunContext Deeper(string runnable)
    {
        if (_depth >= Config.RecursionLimit)
            throw new RecursionLimitException(runnable, Config.RecursionLimit);
        return new RunContext(this, Config, _depth + 1, CancellationToken);
    }

    /// <summary>Sends an event of the author's own to whoever observes; does nothing if nobody does.</summary>
    /// <param name="name">A name clients can filter by.</param>
    /// <param name="data">What it carries. It reaches clients.</param>
    public ValueTask SendEventAsync(string name, object? data = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Run is null ? default : PublishAsync(new RunCustomEvent(Run, Now, name, data));
    }

    /// <summary>The context inside a run that is about to begin.</summary>
    internal RunContext Enter(IRunnable runnable, ChainValues ownMetadata)
    {
        var name = Config.RunName ?? runnable.Name;
        var run = _scope.Observer is null ? null : new Run(RunId, Run, name, runnable.RunType, Tags(), Config.Metadata.With(ownMetadata), Now);
        var span = _scope.IsTraced && _spanUse != SpanUse.OfNextRun ? RunSpans.Create(name, runnable.RunType, RunId, Span) : null;
        return new RunContext(_scope, Config, run, span is null ? (Span, SpanUse.OfRunAbove) : (span, SpanUse.Own), null, _depth, RunId, CancellationToken) { Root = Root };
    }

    /// <summary>Begins the run this context was made for. Its span is the current one from then on in the method that calls this.</summary>
    internal ValueTask StartAsync(object? input, bool hasInput)
    {
        if (_spanUse == SpanUse.Own)
            Span!.Start(); // its own
        return Run is null ? default : PublishAsync(new RunStarted(Run, Run.StartTime, input, hasInput));
    }

    /// <summary>Makes the run's span the current one again. After each <c>yield</c> the reader's is.</summary>
    internal void Resume()
    {
        if (_scope.IsTraced)
            Activity.Current = Span;
    }

    /// <summary>Tells of a piece, before it is passed on.</summary>
    internal ValueTask StreamAsync<T>(T piece) => Run is null ? default : PublishAsync(new RunStreamed(Run, Now, piece));

    internal ValueTask EndAsync(object? input, object? output, bool streamed)
    {
        EndSpan(null);
        return Run is null ? default : PublishAsync(new RunEnded(Run, Now, input, output, streamed));
    }

    /// <summary>Tells of a failure without putting another in its place: under a cancelled token an observer may refuse the event.</summary>
    internal async ValueTask FailAsync(Exception error)
    {
        EndSpan(error);
        if (Run is null)
            return;
        try
        {
            await PublishAsync(new RunFailed(Run, Now, error)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (CancellationToken.IsCancellationRequested)
        {
            // The run is over either way.
        }
    }

    /// <summary>A context of the root run; null in those themselves.</summary>
    private RunContext? Root { get; init; }

    private DateTimeOffset Now => _scope.TimeProvider.GetUtcNow();

    private ValueTask PublishAsync(RunEvent runEvent) => _scope.Observer!.OnEventAsync(runEvent, CancellationToken); // runs exist only while somebody observes

    private void EndSpan(Exception? error)
    {
        if (_spanUse == SpanUse.Own)
            RunSpans.End(Span!, error); // its own
    }

    private IReadOnlyList<string> Tags() => _tag is null ? Config.Tags : Config.Tags.Count == 0 ? [_tag] : [_tag, .. Config.Tags];

    private static RunConfig WithoutOwn(RunConfig config) =>
        config.RunName is null && config.RunId is null ? config : config with { RunName = null, RunId = null };

    /// <summary>Whose the span of a context is.</summary>
    private enum SpanUse
    {
        /// <summary>That of the run above, or of whatever is around the root.</summary>
        OfRunAbove,

        /// <summary>That of the root run, which somebody else begins and ends.</summary>
        OfNextRun,

        /// <summary>That of the run this context was made for.</summary>
        Own,
    }

    private sealed record RunScope(
        IRunObserver? Observer,
        TimeProvider TimeProvider,
        IServiceProvider? Services,
        Func<double> Random,
        Func<TimeSpan?>? TimeLeft,
        ModelWait? ModelWait,
        RunTally? Tally,
        bool IsTraced)
    {
#pragma warning disable RS0030 // The one place where chance enters; everything else has it injected.
        public static RunScope Default { get; } = new(null, TimeProvider.System, null, System.Random.Shared.NextDouble, null, null, null, false);
#pragma warning restore RS0030
    }
}
