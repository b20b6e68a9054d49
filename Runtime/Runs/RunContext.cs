using Serving.Runtime.Errors;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runs;

/// <summary>
/// Where a run hangs and what it runs under: config, cancellation, clock, services and, if somebody observes, the run itself.
/// Passed explicitly, never ambient. Immutable but for the lazily made run id; safe to share between branches.
/// </summary>
public sealed class RunContext
{
    private readonly RunScope _scope;
    private readonly string? _tag;
    private readonly int _depth;
    private readonly RunContext? _sameRun;
    private object? _runId;

    private RunContext(RunScope scope, RunConfig config, Run? run, string? tag, int depth, Guid runId, CancellationToken cancellationToken)
    {
        _scope = scope;
        Config = config;
        Run = run;
        _tag = tag;
        _depth = depth;
        if (runId != Guid.Empty)
            _runId = runId;
        CancellationToken = cancellationToken;
    }

    /// <summary>A copy for the same run: whichever is asked first for its id, both tell the same.</summary>
    private RunContext(RunContext sameRun, RunConfig config, int depth, CancellationToken cancellationToken)
        : this(sameRun._scope, config, sameRun.Run, sameRun._tag, depth, Guid.Empty, cancellationToken) => _sameRun = sameRun._sameRun ?? sameRun;

    /// <summary>The config in force.</summary>
    public RunConfig Config { get; }

    /// <summary>The run this context was made for; null where nobody observes or no run has begun.</summary>
    public Run? Run { get; }

    /// <summary>Cancelled when the caller leaves or the deadline passes. Pass it to everything that waits.</summary>
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
                Interlocked.CompareExchange(ref _runId, Guid.NewGuid(), null);
            return (Guid)_runId;
        }
    }

    /// <summary>Hears how long models are waited for; null where nobody measures.</summary>
    internal ModelWait? ModelWait => _scope.ModelWait;

    /// <summary>What a model answers; the wait for it is measured if somebody measures.</summary>
    internal MeasuredWait<T> WaitForAsync<T>(Task<T> answer) => new(new ValueTask<T>(answer), ModelWait);

    /// <summary>What a model streams; the waits for it are measured if somebody measures.</summary>
    internal MeasuredStream<T> WaitForEach<T>(IAsyncEnumerable<T> updates) => new(updates, ModelWait);

    internal bool IsObserved => _scope.Observer is not null;

    /// <summary>Makes the context of a root run.</summary>
    /// <param name="config">The config; its <see cref="RunConfig.RunId"/> becomes the root's id.</param>
    /// <param name="observer">Receives the events. Without one no event is made.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    /// <param name="services">Services for steps that want them.</param>
    /// <param name="random">Chance; the process's own if null.</param>
    /// <param name="timeLeft">Tells how long the run may still take; asked from any thread. Null if nothing bounds it but the token.</param>
    /// <param name="modelWait">Hears how long models are waited for; null if nobody measures.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static RunContext Create(
        RunConfig? config = null,
        IRunObserver? observer = null,
        TimeProvider? timeProvider = null,
        IServiceProvider? services = null,
        Func<double>? random = null,
        Func<TimeSpan?>? timeLeft = null,
        ModelWait? modelWait = null,
        CancellationToken cancellationToken = default)
    {
        config ??= RunConfig.Empty;
        var scope = observer is null && timeProvider is null && services is null && random is null && timeLeft is null && modelWait is null
            ? RunScope.Default
            : new RunScope(observer, timeProvider ?? TimeProvider.System, services, random ?? RunScope.Default.Random, timeLeft, modelWait);
        return new RunContext(scope, config, null, null, 0, config.RunId ?? Guid.Empty, cancellationToken);
    }

    /// <summary>The context for a runnable called from this one.</summary>
    /// <param name="tag">The place of the called runnable in its caller, such as <c>seq:step:1</c>; it tags that run alone.</param>
    public RunContext Child(string? tag = null) =>
        new(_scope, WithoutOwn(Config), Run, tag, _depth, Guid.Empty, CancellationToken);

    /// <summary>This context with more config laid over it.</summary>
    public RunContext With(RunConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var merged = Config.Merge(config);
        return config.RunId is { } runId
            ? new RunContext(_scope, merged, Run, _tag, _depth, runId, CancellationToken)
            : new RunContext(this, merged, _depth, CancellationToken);
    }

    /// <summary>This context under another token, which should be linked to this one's.</summary>
    public RunContext With(CancellationToken cancellationToken) => new(this, Config, _depth, cancellationToken);

    /// <summary>This context with config laid below it: what the caller set counts.</summary>
    internal RunContext Over(RunConfig config)
    {
        var merged = config.Merge(Config);
        return config.RunId is { } runId && Config.RunId is null
            ? new RunContext(_scope, merged, Run, _tag, _depth, runId, CancellationToken)
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

    internal DateTimeOffset Now => _scope.TimeProvider.GetUtcNow();

    internal ValueTask PublishAsync(RunEvent runEvent) => _scope.Observer!.OnEventAsync(runEvent, CancellationToken);

    /// <summary>The context inside a run that begins now.</summary>
    internal RunContext Enter(string name, RunType type, ChainValues ownMetadata)
    {
        var tags = _tag is null ? Config.Tags : Config.Tags.Count == 0 ? [_tag] : [_tag, .. Config.Tags];
        var run = new Run(RunId, Run, Config.RunName ?? name, type, tags, Config.Metadata.With(ownMetadata), Now);
        return new RunContext(_scope, Config, run, null, _depth, run.Id, CancellationToken);
    }

    private static RunConfig WithoutOwn(RunConfig config) =>
        config.RunName is null && config.RunId is null ? config : config with { RunName = null, RunId = null };

    private sealed record RunScope(
        IRunObserver? Observer, TimeProvider TimeProvider, IServiceProvider? Services, Func<double> Random, Func<TimeSpan?>? TimeLeft, ModelWait? ModelWait)
    {
#pragma warning disable RS0030 // The one place where chance enters; everything else has it injected.
        public static RunScope Default { get; } = new(null, TimeProvider.System, null, System.Random.Shared.NextDouble, null, null);
#pragma warning restore RS0030
    }
}
