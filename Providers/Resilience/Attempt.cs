using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using Microsoft.Extensions.AI;
using Serving.Providers.Errors;
using Serving.Providers.Telemetry;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;

namespace Serving.Providers.Resilience;

/// <summary>
/// One call to one deployment: it holds a place at the provider and a token of its own from before the request until the answer, or the stream, has ended.
/// Its outcome is told to breaker and accounts once. Used by one reader.
/// </summary>
internal sealed class Attempt : IAsyncDisposable
{
    private readonly ResilientModel _model;
    private readonly ModelCall _call;
    private readonly Deployment _deployment;
    private readonly RateLimitLease? _lease;
    private readonly AttemptRecord? _record;
    private readonly CancellationTokenSource _source;
    private readonly long _started;
    private CancellationToken _caller;
    private CancellationTokenRegistration _left;
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private BreakerPass? _pass;
    private UsageDetails? _usage;
    private bool _isOpen;
    private bool _isArmed;
    private bool _isTold;
    private bool _isComplete;
    private long _lastChunk;

    public Attempt(ResilientModel model, ModelCall call, Deployment deployment, BreakerPass pass, RateLimitLease? lease, bool isHedge, CancellationToken caller)
    {
        _model = model;
        _call = call;
        _deployment = deployment;
        _pass = pass;
        _lease = lease;
        IsHedge = isHedge;
        _source = CancellationSources.Rent(model.Options.AttemptTimeout, model.Time);
        _started = model.Time.GetTimestamp();
        _record = model.Record(call, deployment, isHedge);
        model.Metrics?.AttemptStarted();
        Follow(caller);
    }

    /// <summary>Whether it was made because another was slow.</summary>
    public bool IsHedge { get; }

    /// <summary>The answer, if it was asked for whole.</summary>
    public ChatResponse? Whole { get; private set; }

    /// <summary>What a stream told before its first content.</summary>
    public List<ChatResponseUpdate>? Held { get; private set; }

    /// <summary>Whether <see cref="Current"/> is content to pass on.</summary>
    public bool HasContent { get; private set; }

    public ChatResponseUpdate Current => _updates!.Current;

    public TimeSpan Elapsed => _model.Time.GetElapsedTime(_started);

    /// <summary>Asks for the whole answer, which is then to be told to <see cref="Answered"/>. Its span is the current one in the method that calls this.</summary>
    public Task<ChatResponse> AskAsync()
    {
        _record?.Start();
        return _deployment.Client.GetResponseAsync(_call.Messages, _call.Options, _source.Token);
    }

    /// <summary>Takes the whole answer.</summary>
    public void Answered(ChatResponse answer)
    {
        Whole = answer;
        _usage = answer.Usage;
        _record?.Answered(answer);
        Complete();
    }

    /// <summary>Gets a stream up to its first content.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask OpenAsync()
    {
        _record?.Start();
        _updates = _deployment.Client.GetStreamingResponseAsync(_call.Messages, _call.Options, _source.Token).GetAsyncEnumerator(_source.Token);
        while (!HasContent && await _updates.MoveNextAsync().ConfigureAwait(false))
        {
            Note();
            HasContent = IsContent(Current);
            if (!HasContent)
                (Held ??= []).Add(Current);
        }

        // Time that ran out together with the first content has ended the stream already: nothing of it is passed on, so another may follow.
        _source.CancelAfter(Timeout.InfiniteTimeSpan);
        _source.Token.ThrowIfCancellationRequested();
        _lastChunk = _model.Time.GetTimestamp();
        var first = _model.Time.GetElapsedTime(_started, _lastChunk);
        _model.Metrics?.FirstChunk(first);
        _record?.FirstChunk(first);
        // From here on nobody races this attempt: only the caller ends it.
        _isOpen = true;
        Follow(_call.CancellationToken);
        EndProbe();
    }

    /// <summary>Moves on in a stream that has content. Ends with an exception to throw as it is.</summary>
    public ValueTask<bool> MoveNextAsync()
    {
        var next = _record is null ? _updates!.MoveNextAsync() : _record.MoveNextAsync(_updates!); // open by now
        if (!next.IsCompleted)
        {
            _isArmed = true;
            _source.CancelAfter(_model.IdleTimeout);
        }

        return next;
    }

    /// <summary>Takes note of what <see cref="MoveNextAsync"/> has given.</summary>
    public void Moved(bool hasMore)
    {
        if (_isArmed)
        {
            _isArmed = false;
            _source.CancelAfter(Timeout.InfiniteTimeSpan);
        }

        if (!hasMore)
            return;
        Note();
        if (_model.Metrics is not { MeasuresChunks: true } metrics || !IsContent(Current))
            return;
        var now = _model.Time.GetTimestamp();
        metrics.NextChunk(_model.Time.GetElapsedTime(_lastChunk, now));
        _lastChunk = now;
    }

    /// <summary>Tells that all went well.</summary>
    public void Complete()
    {
        _isComplete = true;
        Tell(CallResult.Works, CallOutcome.Ok);
    }

    /// <summary>Tells of a failure, and what to throw for it.</summary>
    public Exception Fail(Exception error)
    {
        if (error is ProviderException { Usage: { } told })
            Count(told);
        _record?.Failed(error);
        var hasLeft = _caller.IsCancellationRequested;
        if (hasLeft && error is not ProviderException)
        {
            // A model that used up all the time there was has failed; one that was left has not.
            Tell(!_isOpen && _call.IsOutOfTime ? CallResult.Failed : CallResult.Unknown, CallOutcome.Cancelled);
            return Failures.Left(_model.Name, error, _call.CancellationToken);
        }

        var failure = hasLeft || !_source.IsCancellationRequested ? Failures.Of(error, _model.Name)
            : _isOpen ? Failures.FellSilent(_model.Name, _model.IdleTimeout, error)
            : Failures.TimedOut(_model.Name, _model.Options.AttemptTimeout, error);
        if (failure is null)
        {
            Tell(CallResult.Unknown, CallOutcome.Error);
            return error;
        }

        // With others to ask, one that is limited is left alone even if it does not say for how long.
        if ((failure.RetryAfter ?? (failure.Kind == ErrorKind.RateLimited && _model.Deployments.HasSeveral ? _model.Options.BreakerOpenTime : null)) is { } rest)
            _deployment.Rest(rest);
        Tell(ResultOf(failure), CallOutcomes.Of(failure));
        return failure;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isTold)
            Tell(_isOpen ? CallResult.Works : CallResult.Unknown, CallOutcome.Cancelled);
        try
        {
            if (_updates is not null)
                await _updates.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // How an attempt ended is known by now; that its client cannot clean up changes neither the answer nor the failure.
            Log.EndsBadly(_model.Logger, _model.Name, error.GetType().Name);
        }
        finally
        {
            await _left.DisposeAsync().ConfigureAwait(false);
            // Of an answer that is whole nothing is left that holds the token.
            if (_isComplete)
                CancellationSources.Return(_source);
            else
                _source.Dispose();
            _lease?.Dispose();
        }
    }

    private static bool IsContent(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            if (content is not (UsageContent or TextContent { Text.Length: 0 }))
                return true;
        }

        return false;
    }

    private static CallResult ResultOf(ProviderException failure) => failure switch
    {
        { Fault: ProviderFault.HardDown } => CallResult.HardDown,
        { Fault: ProviderFault.Caller } or { Kind: ErrorKind.RateLimited } => CallResult.Works,
        _ => CallResult.Failed,
    };

    private void Tell(CallResult result, CallOutcome outcome)
    {
        if (_isTold)
            return;
        _isTold = true;
        if (_pass is { } pass)
            _deployment.Breaker.Record(pass, result);
        _record?.End(outcome, _usage);
        _model.Ended(outcome, Elapsed, _usage);
    }

    /// <summary>Others wait for a probe: a model that has begun to answer works. How the stream ends is the next thing to know.</summary>
    private void EndProbe()
    {
        if (_pass is not { IsProbe: true } probe)
            return;
        _deployment.Breaker.Record(probe, CallResult.Works);
        _pass = _deployment.Breaker.TryEnter(out var next) ? next : null;
    }

    private void Follow(CancellationToken caller)
    {
        if (_isOpen && caller == _caller)
            return;
        _left.Dispose();
        _caller = caller;
        _left = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    private void Note()
    {
        _record?.Answered(Current);
        foreach (var content in Current.Contents)
        {
            if (content is UsageContent told)
                Count(told.Details);
        }
    }

    private void Count(UsageDetails told)
    {
        _usage ??= new UsageDetails();
        _usage.Add(told);
    }
}
