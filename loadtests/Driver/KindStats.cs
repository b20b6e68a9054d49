using Serving.LoadTests.Client;
using Serving.LoadTests.Measures;

namespace Serving.LoadTests.Driver;

/// <summary>What became of the requests of one kind. Guarded by its recorder's lock.</summary>
public sealed class KindStats
{
    private const int MostDetails = 50;

    private readonly long[] _outcomes = new long[Enum.GetValues<Outcome>().Length];
    private readonly Dictionary<string, long> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _statuses = [];

    /// <summary>Requests that have ended.</summary>
    public long Ended { get; private set; }

    /// <summary>Answers by HTTP status; 0 for none.</summary>
    public IReadOnlyDictionary<int, long> Statuses => _statuses;

    /// <summary>
    /// What failed, by what it was: <c>status 503</c>, <c>event 503</c>, <c>input 400</c> for an input of a batch, <c>wrong input</c> for one whose output is another, or
    /// the outcome and the client's words.
    /// Refusals are among them.
    /// </summary>
    public IReadOnlyDictionary<string, long> Failures => _failures;

    /// <summary>From when a request was due to the last byte of its answer; of <see cref="Outcome.Ok"/>.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>From when a stream was due to its first piece.</summary>
    public Histogram FirstPiece { get; } = new();

    /// <summary>Between two pieces of a stream.</summary>
    public Histogram Gap { get; } = new();

    /// <summary>What came on top of the model's time: up to the last byte, or to a stream's first piece. Of requests whose <see cref="LoadRequest.ModelTime"/> is known.</summary>
    public Histogram Added { get; } = new();

    /// <summary>From when a request was sent to its refusal.</summary>
    public Histogram Refusal { get; } = new();

    /// <summary>Bytes received.</summary>
    public long Bytes { get; private set; }

    /// <summary>Pieces of streams.</summary>
    public long Pieces { get; private set; }

    /// <summary>Connections made.</summary>
    public long NewConnections { get; private set; }

    /// <summary>Requests sent again because a kept connection had been closed.</summary>
    public long Resent { get; private set; }

    /// <summary>How many ended so.</summary>
    public long Of(Outcome outcome) => _outcomes[(int)outcome];

    internal void Add(LoadRequest request, RequestResult result, TimeSpan lag)
    {
        Ended++;
        _outcomes[(int)result.Outcome]++;
        _statuses[result.Status] = _statuses.GetValueOrDefault(result.Status) + 1;
        Bytes += result.Bytes;
        Pieces += result.Pieces;
        NewConnections += result.IsNewConnection ? 1 : 0;
        Resent += result.WasResent ? 1 : 0;
        if (result.Outcome == Outcome.Refused)
            Refusal.Record(result.Elapsed);
        if (result.Outcome == Outcome.Ok)
            Latency.Record(lag + result.Elapsed);
        if (result.FirstPiece is { } first)
            FirstPiece.Record(lag + first);
        foreach (var gap in result.Gaps)
            Gap.Record(gap);
        if (request.ModelTime is { } model && result.Outcome is Outcome.Ok or Outcome.Left)
            Added.Record(lag + (result.FirstPiece ?? result.Elapsed) - model);
        Note(result);
    }

    private void Note(RequestResult result)
    {
        switch (result.Outcome)
        {
            case Outcome.Ok or Outcome.Left:
                return;
            case Outcome.Error when result.Failures.Count > 0:
                foreach (var status in result.Failures)
                    Count(status == LangServeWire.WrongOutput ? "wrong input" : $"input {status}");
                return;
            case Outcome.ErrorEvent:
                Count($"event {result.Failures[0]}");
                return;
            case Outcome.Error or Outcome.Refused:
                Count($"status {result.Status}");
                return;
            default:
                Count($"{result.Outcome}: {result.Detail}");
                return;
        }
    }

    private void Count(string failure)
    {
        // What peers say is bounded; what systems say might not be.
        if (_failures.Count >= MostDetails && !_failures.ContainsKey(failure))
            failure = "others";
        _failures[failure] = _failures.GetValueOrDefault(failure) + 1;
    }
}
