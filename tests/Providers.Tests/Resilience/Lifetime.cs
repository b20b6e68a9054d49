using System.Text;
using Microsoft.Extensions.AI;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;
using Serving.Providers.Telemetry;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;

namespace Serving.Providers.Tests.Resilience;

/// <summary>A few calls, one after the other, through models that do what a seed says; each is checked against what the models' scripts know.</summary>
internal sealed class Lifetime
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hello")];

    private readonly int _seed;
    private readonly Random _chance;
    private readonly Work _work = new(new ManualTimeProvider());
    private readonly UsageLedger _usage = new();
    private readonly List<Script> _scripts = [];
    private readonly List<ScriptedClient> _clients = [];
    private readonly List<(ResilientModel Model, ResilienceOptions Options, int Deployments)> _models = [];
    private readonly List<string> _broken = [];
    private readonly CallLimit? _limit;
    private readonly bool _isOutage;
    private readonly StringBuilder _story = new();
    private int _call = -1;
    private bool _isStreamed;
    private int _held;
    private bool _isWarming;
    private TimeSpan _warmth;
    private bool _hasDelivered;
    private bool _callerWasAtFault;
    private long _deadline;
    private CancellationTokenSource? _caller;

    public Lifetime(int seed, ProviderMetrics metrics)
    {
        _seed = seed;
        _chance = new Random(seed);
        _isOutage = _chance.Next(5) == 0;
        _limit = _chance.Next(3) == 0 ? new CallLimit(_chance.Next(1, 4), _chance.Next(3)) : null;
        var services = new ResilienceServices { TimeProvider = _work.Time, Random = _chance.NextDouble, Usage = _usage, Metrics = metrics };
        for (var count = _chance.Next(1, 4); _models.Count < count;)
        {
            var options = DrawOptions();
            var model = _models.Count;
            var deployments = Enumerable.Range(0, _chance.Next(3) == 0 ? _chance.Next(2, 4) : 1).Select(deployment => Deployment(model, deployment)).ToArray();
            _models.Add((new ResilientModel(new ModelName("p", $"m{model}"), deployments, options, _limit, services), options, deployments.Length));
        }
    }

    /// <summary>How many attempts were made.</summary>
    public int Attempts => _scripts.Count;

    public void Run()
    {
        _work.Begin();
        try
        {
            WarmUp();
            for (var calls = _chance.Next(1, 4); _call + 1 < calls;)
                RunCall();
            _limit?.Dispose();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(Describe(), error);
        }
    }

    private string Describe()
    {
        var text = new StringBuilder($"Seed {_seed}, at {TimeSpan.FromTicks(_work.Now):c}{(_isOutage ? ", outage" : "")}, limit {_limit?.MaxCalls}").AppendLine();
        foreach (var (model, options, deployments) in _models)
            text.AppendLine($"{model.Name}: {deployments} deployments, {options}");
        text.Append(_story);
        foreach (var script in _scripts.Where(script => script.Call >= 0))
            text.AppendLine(script.ToString());
        return text.ToString();
    }

    private ResilienceOptions DrawOptions() => new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(Pick(1, 5, 30)),
        IdleTimeout = _chance.Next(2) == 0 ? null : TimeSpan.FromSeconds(Pick(0.5, 2, 10)),
        MaxRetries = _chance.Next(5),
        RetryBackoff = TimeSpan.FromSeconds(Pick(0, 0.1, 1, 5)),
        RetryBudget = Pick(0, 0.19, 1),
        BreakerFailureShare = Pick(0.5, 2),
        BreakerMinimumCalls = _chance.Next(1, 6),
        BreakerOpenTime = TimeSpan.FromSeconds(Pick(1, 10)),
        HedgeShare = Pick(0, 0, 0.1),
    };

    private double Pick(params ReadOnlySpan<double> values) => values[_chance.Next(values.Length)];

    private ModelDeployment Deployment(int model, int deployment)
    {
        var client = new ScriptedClient(token => Begin(model, deployment).PlayAsync(_work, token));
        _clients.Add(client);
        return new ModelDeployment(client) { Weight = _chance.Next(1, 4) };
    }

    /// <summary>Lets the models that hedge learn how long calls take.</summary>
    private void WarmUp()
    {
        _isWarming = true;
        _warmth = TimeSpan.FromSeconds(Pick(0, 0.05, 0.4));
        var isStreamed = _chance.Next(2) == 0;
        foreach (var (model, options, _) in _models)
        {
            for (var i = 0; options.HedgeShare > 0 && i < 64; i++)
            {
                var client = new ResilientChatClient(model);
                var answer = isStreamed ? client.GetStreamingResponseAsync(Hello).ToChatResponseAsync() : client.GetResponseAsync(Hello);
                _work.Run(() => answer.IsCompleted, IsResting);
                Assert.True(answer.IsCompletedSuccessfully, "The warming up has failed.");
            }
        }

        _isWarming = false;
    }

    private void RunCall()
    {
        _call++;
        _hasDelivered = _callerWasAtFault = false;
        var first = _scripts.Count;
        var isStreamed = _isStreamed = _chance.Next(3) != 0;
        var readsAtMost = _chance.Next(6) == 0 ? _chance.Next(4) : int.MaxValue;
        TimeSpan? time = _chance.Next(3) == 0 ? null : TimeSpan.FromSeconds(Pick(0.5, 3, 20, 60, 600));
        _deadline = time is { } given ? _work.Now + given.Ticks : long.MaxValue;
        using var caller = time is { } limit ? new CancellationTokenSource(limit, _work.Time) : new CancellationTokenSource();
        _caller = caller;
        var leaves = _chance.Next(5) == 0 ? TimeSpan.FromSeconds(_chance.NextDouble() * Pick(0, 1, 10, 100)) : Timeout.InfiniteTimeSpan;
        using var leaving = _work.Time.CreateTimer(_ => caller.Cancel(), null, leaves, Timeout.InfiniteTimeSpan);
        _story.AppendLine($"Call {_call} at {TimeSpan.FromTicks(_work.Now):c}: {(isStreamed ? "streamed" : "whole")}, within {time}, leaves after {leaves}, reads {readsAtMost}");

        var others = TakePlaces();
        var run = RunContext.Create(timeProvider: _work.Time, timeLeft: () => time is null ? null : TimeSpan.FromTicks(_deadline - _work.Now), cancellationToken: caller.Token);
        var client = new ResilientChatClient([.. _models.Select(model => model.Model)]);
        var heard = new List<ChatResponseUpdate>();
        var call = isStreamed
            ? ReadAsync(client.GetStreamingResponseAsync(Hello, new RunChatOptions(run), caller.Token), heard, readsAtMost)
            : GetAsync(client.GetResponseAsync(Hello, new RunChatOptions(run), caller.Token), heard);
        _work.Run(() => call.IsCompleted, () => IsResting() || IsQueueing());
        leaving.Dispose();
        var hasLeft = caller.IsCancellationRequested;
        caller.Dispose();

        others.ForEach(other => other.Dispose());
        _work.Settle(() => Open == 0 && _work.Time.Waiting() == 0 && (_limit?.InFlight ?? 0) == 0);
        Assert.Equal(0, _work.WaitingScripts);
        var error = call.Exception?.InnerException ?? (call.IsCanceled ? new OperationCanceledException() : null);
        _story.AppendLine($"  -> {error?.GetType().Name} {(error as ProviderException)?.Kind} {error?.Message}");
        Check([.. _scripts.Skip(first)], heard, error, isStreamed, hasLeft, readsAtMost);
    }

    private int Open => _clients.Sum(client => client.Open);

    /// <summary>Nothing runs: what is open waits in its script, or a retry waits for the clock.</summary>
    private bool IsResting()
    {
        var open = Open; // once: others may be at work
        return _work.WaitingReaders > 0
            || (open == _work.WaitingScripts && (_limit is null || _limit.InFlight == _held + open) && (open > 0 || _work.Time.Waiting(static state => state is Task) > 0));
    }

    /// <summary>The call waits for a place that others have.</summary>
    private bool IsQueueing() => _limit is not null && _held == _limit.MaxCalls && _limit.InFlight == _held && Open == 0 && !_caller!.IsCancellationRequested;

    private List<IDisposable> TakePlaces()
    {
        var places = new List<IDisposable>();
        if (_limit is null || _chance.Next(3) != 0)
            return places;
        for (var i = _chance.Next(1, _limit.MaxCalls + 1); i > 0; i--)
        {
            var place = _limit.TryEnter();
            Assert.True(place.IsAcquired);
            _held++;
            var other = new Place(() =>
            {
                _held--;
                place.Dispose();
            });
            other.Ends = _work.Time.CreateTimer(_ => other.Dispose(), null, TimeSpan.FromSeconds(_chance.Next(1, 20)), Timeout.InfiniteTimeSpan);
            places.Add(other);
        }

        return places;
    }

    private async Task ReadAsync(IAsyncEnumerable<ChatResponseUpdate> updates, List<ChatResponseUpdate> heard, int readsAtMost)
    {
        var reading = updates.GetAsyncEnumerator();
        try
        {
            while (heard.Count < readsAtMost && await reading.MoveNextAsync().ConfigureAwait(false))
            {
                heard.Add(reading.Current);
                _hasDelivered |= reading.Current.Contents.Any(content => content is TextContent or ToolCallChunk);
                if (_chance.Next(4) != 0)
                    continue;
                await _work.PauseAsync(TimeSpan.FromSeconds(_chance.NextDouble() * 50)).ConfigureAwait(false);
            }
        }
        finally
        {
            await reading.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task GetAsync(Task<ChatResponse> answer, List<ChatResponseUpdate> heard) =>
        heard.AddRange((await answer.ConfigureAwait(false)).Messages.Select(message => new ChatResponseUpdate(message.Role, message.Contents)));

    /// <summary>An attempt begins: none may that must not.</summary>
    private Script Begin(int model, int deployment)
    {
        if (_isWarming)
        {
            var warm = Script.Warm(_scripts.Count, _warmth);
            _scripts.Add(warm);
            warm.Begun = _work.Now;
            return warm;
        }

        Guard(!_hasDelivered, "An attempt followed one that had delivered.");
        Guard(!_callerWasAtFault, "A caller's fault was repeated.");
        Guard(!_caller!.IsCancellationRequested, "An attempt was made after the caller had left.");
        Guard(_work.Now < _deadline, "An attempt was made after the deadline.");
        var options = _models[model].Options;
        foreach (var earlier in _scripts.Where(earlier => earlier.Failed is not null && (earlier.Call == _call || (_models[model].Deployments > 1 && earlier.Call >= 0))))
        {
            if ((earlier.Model, earlier.Deployment) == (model, deployment) && earlier.Failed is ServingException { RetryAfter: { } wait })
                Guard(wait < TimeSpan.FromDays(1) && earlier.Ended + wait.Ticks <= _work.Now, $"An attempt was made before the time that #{earlier.Id} had asked for.");
        }

        var script = Script.Draw(_chance, _scripts.Count, _call, model, deployment, _isStreamed, _isOutage, options.AttemptTimeout, options.IdleTimeout ?? options.AttemptTimeout);
        script.Begun = _work.Now;
        _scripts.Add(script);
        script.HasFailedWith = error => _callerWasAtFault |= Script.Meaning(error) is { Fault: ProviderFault.Caller };
        return script;
    }

    private void Guard(bool holds, string rule)
    {
        if (!holds)
            _broken.Add(rule);
    }

    private void Check(List<Script> scripts, List<ChatResponseUpdate> heard, Exception? error, bool isStreamed, bool hasLeft, int readsAtMost)
    {
        Assert.Empty(_broken);
        var words = heard.SelectMany(update => update.Contents).SelectMany(Words).ToList();
        var teller = words.Count == 0 ? null : scripts.Single(script => script.Said.Count > 0 && words[0] == script.Said[0]);

        // What is delivered is the beginning of what one attempt has said, or all of it.
        if (teller is not null)
            Assert.Equal(teller.Said.Take(words.Count), words);
        if (error is null && readsAtMost == int.MaxValue)
            Assert.Contains(scripts, script => !script.HasFailed && script.Said.SequenceEqual(words));

        for (var i = 0; i < _models.Count; i++)
        {
            var attempts = scripts.Where(script => script.Model == i).ToList();
            var options = _models[i].Options;
            Assert.True(attempts.Count <= 1 + options.MaxRetries + (options.HedgeShare > 0 ? 1 : 0), "There were too many attempts.");
            foreach (var attempt in attempts)
            {
                Assert.True(attempt.LongestStart <= options.AttemptTimeout, $"#{attempt.Id} took too long.");
                Assert.True(!isStreamed || attempt.LongestSilence <= (options.IdleTimeout ?? options.AttemptTimeout), $"#{attempt.Id} was silent for too long.");
            }

            // Whole answers tell their tokens at their end, streams as they go.
            var counted = _scripts.Where(script => script.Model == i && (script.IsStreamed || !script.HasFailed)).ToList();
            var ledger = _usage.Snapshot().SingleOrDefault(usage => usage.Model == _models[i].Model.Name);
            Assert.Equal((counted.Sum(script => script.Input), counted.Sum(script => script.Output)), ((int)(ledger?.InputTokens ?? 0), (int)(ledger?.OutputTokens ?? 0)));
        }

        CheckError(scripts, teller, error, hasLeft);
    }

    private void CheckError(List<Script> scripts, Script? teller, Exception? error, bool hasLeft)
    {
        if (error is null)
            return;
        if (error is OperationCanceledException)
        {
            Assert.True(hasLeft, "A call was cancelled that nobody had left.");
            return;
        }

        if (error is not ProviderException failure)
        {
            // Of two attempts side by side either may be told.
            Assert.Contains(error, teller is not null ? [teller.Failed] : scripts.TakeLast(_models[scripts[^1].Model].Options.HedgeShare > 0 ? 2 : 1).Select(script => script.Failed));
            Assert.Null(Script.Meaning(error));
            return;
        }

        Assert.True(failure.RetryAfter is null || (failure.RetryAfter >= TimeSpan.Zero && failure.RetryAfter <= TimeSpan.FromDays(1)), $"It tells to wait {failure.RetryAfter}.");
        if (teller is not null)
        {
            Assert.Equal(Kind(teller), failure.Kind);
            return;
        }

        if (failure.Fault == ProviderFault.Caller)
            Assert.True(_callerWasAtFault);
        if (failure.IsUnsent)
            Assert.True(
                failure.Kind is ErrorKind.ProviderUnavailable
                    || (failure.Kind == ErrorKind.Overloaded && _limit is not null)
                    || (failure.Kind == ErrorKind.RateLimited && _models.Exists(model => model.Deployments > 1))
                    || (failure.Kind == ErrorKind.Timeout && _work.Now >= _deadline),
                $"It cannot be {failure.Kind}.");
        else
            Assert.Contains(failure.Kind, scripts.Where(script => script.HasFailed).Select(Kind));
        if (!failure.IsTransient)
            Assert.DoesNotContain(
                Enumerable.Range(0, _models.Count).Where(i => _models[i].Options.HedgeShare == 0).Select(i => scripts.LastOrDefault(script => script.Model == i)?.Failed),
                last => last is not null && failure.Fault == ProviderFault.HardDown && Script.Meaning(last) is { Fault: ProviderFault.Transient });
    }

    private static ErrorKind? Kind(Script script) => script.Failed is { } failed ? Script.Meaning(failed)?.Kind : ErrorKind.Timeout;

    private static IEnumerable<string> Words(AIContent content) => content switch
    {
        // A whole answer has its texts as one.
        TextContent text => text.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word + " "),
        ToolCallChunk call => [call.CallId!],
        _ => [],
    };

    private sealed class Place(Action leave) : IDisposable
    {
        public IDisposable? Ends { get; set; }

        public void Dispose()
        {
            if (Ends is null)
                return;
            Ends.Dispose();
            Ends = null;
            leave();
        }
    }
}
