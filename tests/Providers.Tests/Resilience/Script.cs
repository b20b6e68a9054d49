using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Serving.Providers.Errors;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.Resilience;

/// <summary>What one attempt does, drawn by chance, and what came of it.</summary>
internal sealed class Script
{
    private static readonly double[] Waits = [0, 0.05, 0.3, 0.9, 1, 1.1];

    private readonly List<(char What, TimeSpan Wait)> _steps = [];
    private readonly bool _failsToEnd;

    private Script(int id, bool failsToEnd) => (Id, _failsToEnd) = (id, failsToEnd);

    public int Id { get; }

    public int Call { get; init; }

    public int Model { get; init; }

    public int Deployment { get; init; }

    public long Begun { get; set; }

    public bool IsStreamed { get; init; }

    public Action<Exception>? HasFailedWith { get; set; }

    /// <summary>How it fails, if it does so by itself.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>How it has failed, if it came so far.</summary>
    public Exception? Failed { get; private set; }

    public bool HasContent { get; private set; }

    /// <summary>Whether it was cut off before its end.</summary>
    public bool WasCut { get; private set; }

    public long Ended { get; private set; }

    public int Input { get; private set; }

    public int Output { get; private set; }

    /// <summary>The longest it has waited: for the first content, and between two updates.</summary>
    public TimeSpan LongestStart { get; private set; }

    public TimeSpan LongestSilence { get; private set; }

    /// <summary>What it has said.</summary>
    public List<string> Said { get; } = [];

    public bool HasFailed => Failed is not null || WasCut;

    public static Script Draw(Random chance, int id, int call, int model, int deployment, bool isStreamed, bool isOutage, TimeSpan attemptTimeout, TimeSpan idleTimeout) => Fill(
        new Script(id, chance.Next(20) == 0) { Call = call, Model = model, Deployment = deployment, IsStreamed = isStreamed }, chance, isOutage, attemptTimeout, idleTimeout);

    public static Script Warm(int id, TimeSpan wait)
    {
        var script = new Script(id, failsToEnd: false) { Call = -1 };
        script.Wait(wait);
        script.Add('t');
        return script;
    }

    /// <summary>The kind that a failure of a client is told as; null for those that are none of a provider's.</summary>
    public static (ErrorKind Kind, ProviderFault Fault)? Meaning(Exception failure) => failure switch
    {
        ProviderException known => (known.Kind, known.Fault),
        HttpRequestException { StatusCode: { } status } => (int)status switch
        {
            429 => (ErrorKind.RateLimited, ProviderFault.Transient),
            401 => (ErrorKind.BadGateway, ProviderFault.HardDown),
            400 => (ErrorKind.BadRequest, ProviderFault.Caller),
            _ => (ErrorKind.ProviderUnavailable, ProviderFault.Transient),
        },
        HttpRequestException or IOException => (ErrorKind.ProviderUnavailable, ProviderFault.Transient),
        TimeoutException or OperationCanceledException => (ErrorKind.Timeout, ProviderFault.Transient),
        _ => null,
    };

    public async IAsyncEnumerable<ChatResponseUpdate> PlayAsync(Work work, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isAtUpdate = false;
        var hasEnded = false;
        var last = Begun;
        try
        {
            foreach (var (what, wait) in _steps)
            {
                if (what == 'w')
                    await work.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
                Note(work.Now);
                last = work.Now;
                if (what == 'w')
                    continue;
                isAtUpdate = true;
                yield return Update(what);
                isAtUpdate = false;
                last = work.Now;
            }

            if (Failure is not null)
            {
                Failed = Failure;
                HasFailedWith?.Invoke(Failure);
                throw Failure;
            }

            hasEnded = true;
        }
        finally
        {
            Note(work.Now);
            WasCut = !hasEnded && Failed is null;
            Ended = work.Now;
            if (isAtUpdate && _failsToEnd)
                FailToEnd();
        }

        void Note(long now)
        {
            if (isAtUpdate)
                return; // the reader's own time
            if (!HasContent)
                LongestStart = TimeSpan.FromTicks(now - Begun);
            else if (TimeSpan.FromTicks(now - last) is var silence && silence > LongestSilence)
                LongestSilence = silence;
        }
    }

    public override string ToString() =>
        $"#{Id} call {Call} model {Model} deployment {Deployment}: {string.Join(' ', _steps.Select(step => step.What == 'w' ? $"wait({step.Wait.TotalSeconds})" : step.What.ToString()))}"
        + $" {Failure?.GetType().Name} {(Failure as ServingException)?.Kind} {(Failure as ServingException)?.RetryAfter}{(_failsToEnd ? " fails to end" : "")}"
        + $" | began {TimeSpan.FromTicks(Begun):c}, ended {TimeSpan.FromTicks(Ended):c}{(WasCut ? ", cut off" : "")}, said {Said.Count}";

    private static Script Fill(Script script, Random chance, bool isOutage, TimeSpan attemptTimeout, TimeSpan idleTimeout)
    {
        if (chance.Next(3) == 0)
            script.Wait(attemptTimeout * Waits[chance.Next(Waits.Length)]);
        if (chance.Next(4) == 0)
            script.Add('u');
        if (chance.Next(12) == 0)
            script.Wait(Timeout.InfiniteTimeSpan);
        if (!isOutage && chance.Next(2) == 0)
        {
            for (var i = chance.Next(4); i > 0; i--)
            {
                script.Add('t');
                if (chance.Next(3) == 0)
                    script.Wait(idleTimeout * Waits[chance.Next(Waits.Length)]);
            }

            if (chance.Next(4) == 0)
                script.Add('c');
            if (chance.Next(12) == 0)
                script.Wait(Timeout.InfiniteTimeSpan);
        }

        if (chance.Next(3) == 0)
            script.Add('u');
        if (isOutage || chance.Next(2) == 0)
            script.Failure = DrawFailure(chance, isOutage);
        return script;
    }

    private static Exception DrawFailure(Random chance, bool isOutage) => chance.Next(isOutage ? 9 : 17) switch
    {
        0 or 1 => Does.Down(),
        2 => Does.Down(DrawWait(chance)),
        3 => Does.Limited(),
        4 => Does.Limited(DrawWait(chance)),
        5 => new HttpRequestException("Connection reset."),
        6 => new IOException("Broken off."),
        7 => new HttpRequestException("Busy.", null, chance.Next(2) == 0 ? System.Net.HttpStatusCode.ServiceUnavailable : System.Net.HttpStatusCode.TooManyRequests),
        8 => new TimeoutException(),
        9 => Does.NoKey(),
        10 => Does.TooLong(),
        11 => new HttpRequestException("No.", null, chance.Next(2) == 0 ? System.Net.HttpStatusCode.Unauthorized : System.Net.HttpStatusCode.BadRequest),
        12 => new ArgumentException("Not ours."),
        13 => new OperationCanceledException("Not asked for."),
        14 => new ProviderException(ErrorKind.BadGateway, "Nonsense.", ProviderFault.Transient),
        15 => new ProviderException(ErrorKind.Timeout, "Slow.", ProviderFault.Transient),
        _ => new InvalidOperationException("Not ours."),
    };

    private static TimeSpan DrawWait(Random chance) => chance.Next(8) switch
    {
        0 => TimeSpan.Zero,
        1 => TimeSpan.FromSeconds(-5),
        2 => TimeSpan.MaxValue,
        3 => TimeSpan.FromHours(2),
        _ => TimeSpan.FromMilliseconds(chance.Next(1, 40_000)),
    };

    private static void FailToEnd() => throw new InvalidOperationException("It cannot be ended.");

    private void Add(char what) => _steps.Add((what, default));

    private void Wait(TimeSpan wait) => _steps.Add(('w', wait));

    private ChatResponseUpdate Update(char what)
    {
        AIContent content;
        if (what == 'u')
        {
            Input += Id % 7 + 1;
            Output += Id % 3;
            content = new UsageContent(new UsageDetails { InputTokenCount = Id % 7 + 1, OutputTokenCount = Id % 3 });
        }
        else
        {
            HasContent = true;
            var word = $"{what}{Id}.{Said.Count} ";
            Said.Add(word);
            content = what == 't' ? new TextContent(word) : new ToolCallChunk { Name = "look", CallId = word, Index = 0, Arguments = "{}" };
        }

        return new ChatResponseUpdate(ChatRole.Assistant, [content]);
    }
}
