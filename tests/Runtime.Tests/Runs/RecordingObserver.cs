using System.Collections;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Runs;

/// <summary>Keeps what it is told, and writes it down so that two recordings of the same happenings are the same text.</summary>
internal sealed class RecordingObserver : IRunObserver
{
    private readonly Lock _lock = new();
    private readonly List<RunEvent> _events = [];

    public IReadOnlyList<RunEvent> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    /// <summary>Kind and run name of each event, in order.</summary>
    public IReadOnlyList<string> Kinds => [.. Events.Select(item => $"{item.Run.Name} {Kind(item)}")];

    /// <summary>All there is to an event but ids and times, which are replaced by positions.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            var runs = new List<Run>();
            return [.. Events.Select(item => Line(item, runs))];
        }
    }

    public IReadOnlyList<Run> Runs => [.. Events.OfType<RunStarted>().Select(started => started.Run)];

    public Run Run(string name) => Runs.Single(run => run.Name == name);

    public ValueTask OnEventAsync(RunEvent runEvent, CancellationToken cancellationToken)
    {
        lock (_lock)
            _events.Add(runEvent);
        return default;
    }

    private static string Line(RunEvent item, List<Run> runs)
    {
        var place = Place(item.Run, runs);
        var parent = item.Run.Parent is { } above ? Place(above, runs) : -1;
        var data = item switch
        {
            RunStarted { HasInput: true } started => Text(started.Input),
            RunStreamed streamed => Text(streamed.Chunk),
            RunEnded ended => $"{Text(ended.Input)} -> {Text(ended.Output)}",
            RunFailed failed => failed.Error.Message,
            _ => "",
        };
        return $"{Kind(item)} {place} under {parent} {item.Run.Name} {item.Run.Type} [{string.Join(',', item.Run.Tags)}] {data}";
    }

    private static int Place(Run run, List<Run> runs)
    {
        if (!runs.Contains(run))
            runs.Add(run);
        return runs.IndexOf(run);
    }

    private static string Kind(RunEvent item) => item switch
    {
        RunStarted => "start",
        RunStreamed => "stream",
        RunEnded => "end",
        RunFailed => "fail",
        _ => "custom",
    };

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        ChainValues values => $"{{{string.Join(", ", values.Select(item => $"{item.Key}: {Text(item.Value)}"))}}}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Text))}]",
        _ => $"{value}",
    };
}
