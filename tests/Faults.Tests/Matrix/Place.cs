namespace Serving.Faults.Tests.Matrix;

/// <summary>A fault in one position: how it is asked for, and what is expected.</summary>
internal sealed record Place
{
    /// <summary>What follows <c>sim~</c> in the model's name; empty for a model that would work.</summary>
    public string Model { get; private init; } = "";

    /// <summary>What is expected of invoke and batch; null if it cannot occur.</summary>
    public Case? Whole { get; private init; }

    /// <summary>What is expected of stream; null if it cannot occur.</summary>
    public Case? Stream { get; private init; }

    /// <summary>What is expected of stream_events; null if it cannot occur.</summary>
    public Case? Events { get; private init; }

    /// <summary>Why what is missing cannot occur.</summary>
    public string? Reason { get; private init; }

    public static Place Of(string model, Case all) => Of(model, all, all);

    public static Place Of(string model, Case whole, Case stream, Case? events = null) => new() { Model = model, Whole = whole, Stream = stream, Events = events ?? stream };

    public static Place OfStreams(string model, Case streams, string whyNotWhole) => new() { Model = model, Stream = streams, Events = streams, Reason = whyNotWhole };

    public static Place Never(string reason) => new() { Reason = reason };

    /// <summary>The same with other expectations.</summary>
    public Place With(Case all) => this with { Whole = Whole is null ? null : all, Stream = Stream is null ? null : all, Events = Events is null ? null : all };

    public Case? Of(Endpoint endpoint) => endpoint switch
    {
        Endpoint.Invoke or Endpoint.Batch => Whole,
        Endpoint.Stream => Stream,
        _ => Events,
    };
}
