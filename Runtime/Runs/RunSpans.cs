using System.Diagnostics;
using System.Text.Json;
using Serving.Runtime.Errors;

namespace Serving.Runtime.Runs;

/// <summary>Runs as spans of the source <c>Serving.Runtime</c>. They hold names, kinds and ids, never what a step was given, gave or said of a failure.</summary>
internal static class RunSpans
{
    private static readonly ActivitySource Source = new("Serving.Runtime");

    /// <summary>Whether somebody wants the spans of a root run that begins here: whoever left out the span around it wants none of its steps.</summary>
    public static bool AreWanted => Source.HasListeners() && (Activity.Current?.IsAllDataRequested ?? true);

    /// <summary>Makes the span of a run, not yet started: not every run that is prepared begins.</summary>
    public static Activity? Create(string name, RunType type, Guid runId, Activity? parent)
    {
        var span = Source.CreateActivity(type == RunType.Tool ? $"execute_tool {name}" : name, ActivityKind.Internal, parent?.Context ?? default);
        if (span is not { IsAllDataRequested: true })
            return span;
        span.SetTag("serving.run.id", runId.ToString());
        span.SetTag("serving.run.type", type.Word());
        if (type == RunType.Tool)
        {
            span.SetTag("gen_ai.operation.name", "execute_tool");
            span.SetTag("gen_ai.tool.name", name);
        }

        return span;
    }

    /// <summary>Ends a span. Who was cancelled has not failed.</summary>
    public static void End(Activity span, Exception? error)
    {
        if (error is OperationCanceledException)
        {
            span.SetTag("error.type", "cancelled");
        }
        else if (error is not null)
        {
            span.SetTag("error.type", error is ServingException known ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.Kind.ToString()) : error.GetType().FullName);
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Stop();
    }
}
