using System.Diagnostics;

namespace Serving.Host.Tests.Telemetry;

/// <summary>The spans of a trace.</summary>
internal sealed class Trace(ActivityTraceId id, IReadOnlyList<ReceivedSpan> spans)
{
    public ActivityTraceId Id => id;

    public IReadOnlyList<ReceivedSpan> Spans => spans;

    public ReceivedSpan Server => spans.Single(span => span.Kind == 2);

    public ReceivedSpan Chain => spans.Single(span => span.Source == "Serving.Endpoints");

    public IReadOnlyList<ReceivedSpan> Attempts => [.. spans.Where(span => span.Source == "Serving.Providers").OrderBy(span => span.Start)];

    public ReceivedSpan Named(string name) => spans.Single(span => span.Name == name);

    public ReceivedSpan Parent(ReceivedSpan span) => spans.Single(other => other.Id == span.ParentId);

    public IReadOnlyList<ReceivedSpan> Below(ReceivedSpan span) => [.. spans.Where(other => other.ParentId == span.Id).OrderBy(other => other.Start)];

    /// <summary>The names from below the server's span down to leaves, one line a span, indented.</summary>
    public string Tree => string.Join('\n', Lines(Server, 0));

    private IEnumerable<string> Lines(ReceivedSpan span, int depth) =>
        Below(span).SelectMany(child => Lines(child, depth + 1).Prepend(new string(' ', 2 * depth) + child.Name));
}
