namespace Serving.Endpoints.Options;

/// <summary>The form of the events that <c>/stream_events</c> sends.</summary>
public enum StreamEventsVersion
{
    /// <summary>The old form: no parent ids, a model's end carries a whole result.</summary>
    V1 = 1,

    /// <summary>The form of today's clients.</summary>
    V2 = 2,
}
