using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Polly;
using Serving.Providers.Errors;
using Serving.Providers.Telemetry;

namespace Serving.Providers.Resilience;

/// <summary>
/// A chat client that survives its providers: it asks its models in order, each with retries, breaker and limits of its own, until one answers.
/// Once content of a stream has been passed on, nothing is repeated: what fails then ends the stream. Thread-safe.
/// </summary>
/// <remarks>
/// How much time is left it learns from <see cref="Serving.Runtime.Chat.RunChatOptions"/>; for other callers only their token bounds a call.
/// Failures are <see cref="ProviderException"/>s: of several models the first one's that may pass, with the shortest of their waits.
/// </remarks>
public sealed class ResilientChatClient : IChatClient
{
    private readonly IReadOnlyList<ResilientModel> _models;

    /// <summary>Makes a client.</summary>
    /// <param name="models">The models, the preferred one first; at least one. They may be shared with other clients.</param>
    public ResilientChatClient(params IReadOnlyList<ResilientModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0)
            throw new ArgumentException("A resilient client needs at least one model.", nameof(models));
        _models = models;
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var call = new ModelCall(messages, options, isStreamed: false, cancellationToken);
        var first = await AskFirstAsync(call).ConfigureAwait(false);
        var attempt = first.Result ?? await AskOthersAsync(call, first).ConfigureAwait(false);
        await attempt.DisposeAsync().ConfigureAwait(false);
        return attempt.Whole!; // an attempt that has not failed has its answer
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var call = new ModelCall(messages, options, isStreamed: true, cancellationToken);
        var first = await AskFirstAsync(call).ConfigureAwait(false);
        var attempt = first.Result ?? await AskOthersAsync(call, first).ConfigureAwait(false);
        try
        {
            foreach (var update in attempt.Held ?? [])
                yield return update;
            for (var hasMore = attempt.HasContent; hasMore;)
            {
                yield return attempt.Current;
                try
                {
                    hasMore = await attempt.MoveNextAsync().ConfigureAwait(false);
                    attempt.Moved(hasMore);
                }
                catch (Exception error)
                {
                    ExceptionDispatchInfo.Throw(attempt.Fail(error));
                }
            }

            attempt.Complete();
        }
        finally
        {
            await attempt.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : _models[0].Client.GetService(serviceType, serviceKey);
    }

    /// <summary>Does nothing: clients belong to whoever made them.</summary>
    public void Dispose()
    {
    }

    /// <summary>Asks the preferred model. Apart from the others, so that an answer at the first attempt, as most are, waits in no method more than it must.</summary>
    private ValueTask<Outcome<Attempt>> AskFirstAsync(ModelCall call)
    {
        Turn(call, 0);
        return _models[0].AskAsync(call);
    }

    /// <summary>Asks the preferred model again after its first attempt failed, then the others, until one answers.</summary>
    private async ValueTask<Attempt> AskOthersAsync(ModelCall call, Outcome<Attempt> outcome)
    {
        ProviderException? telling = null;
        TimeSpan? shortest = null;
        for (var i = 0; i < _models.Count; i++)
        {
            if (i > 0)
            {
                Turn(call, i);
                outcome = await _models[i].AskAsync(call).ConfigureAwait(false);
            }

            outcome = await _models[i].AskAgainAsync(call, outcome).ConfigureAwait(false);
            var next = i + 1 < _models.Count ? _models[i + 1] : null;
            if (outcome.Exception is not { } error)
                return outcome.Result!; // an outcome without an exception has a result
            if (error is not ProviderException { Fault: not ProviderFault.Caller } failure || call.CancellationToken.IsCancellationRequested)
                ExceptionDispatchInfo.Throw(error);
            else
            {
                if (telling is null || (failure.IsTransient && !telling.IsTransient))
                    telling = failure;
                if (failure.IsTransient && (failure.RetryAfter ?? _models[i].Options.RetryBackoff) is var wait && (shortest is null || wait < shortest))
                    shortest = wait;
                if (next is not null)
                {
                    var reason = CallOutcomes.Of(failure);
                    next.Metrics?.StoodIn(reason);
                    CallEvents.FallsOver(call, _models[i].Name, reason, next.Name);
                    // That a breaker opened has been told once; each call that it turns away is no news.
                    var level = reason == CallOutcome.BreakerOpen ? LogLevel.Debug : LogLevel.Warning;
                    Log.FallsOver(next.Logger, level, _models[i].Name, reason.Word(), next.Name, call.Run?.RootRunId);
                }
            }
        }

        throw telling!.After(shortest); // there was at least one model, and it failed
    }

    private void Turn(ModelCall call, int index) =>
        call.Ask(_models[index], index + 1 < _models.Count ? _models[index + 1].Options.AttemptTimeout : TimeSpan.Zero, isStandIn: index > 0);
}
