using static Serving.Faults.Tests.Matrix.Expected;

namespace Serving.Faults.Tests.Matrix;

/// <summary>Every fault of the simulator on OpenAI's wire, with what is expected of it.</summary>
internal static class OpenAiFaults
{
    private const string NoAnswerYet = "It takes the place of an answer: there is none that it could come after. The same inside an answer is an error event of the provider.";
    private const string NoConnectionYet = "Without a connection there is no answer that it could come after.";
    private const string OnlyAtEnd = "It is there when the answer ends, after its content.";
    private const string OnlyInStreams = "A whole answer has no such end.";
    private const string OnlyText = "It is about text; an answer of tool calls has none.";
    private const string TextFirst = "A piece of text stands before the tool calls.";
    private const string OnlyBefore = "In a whole answer signs of life can only stand before the body.";
    private const string WithTheText = "It is there from the first piece of text on.";

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        Status("429", "429", Passes(429, Sentence.Limited)),
        Status("429 retry-after", "429, `Retry-After: 2`", Passes(429, Sentence.Limited, 2, 2.5, 3, 3), "429~retry-after=2"),
        Status("429 retry-after-date", "429, `Retry-After` as a date 2 s ahead", Passes(429, Sentence.Limited, 2, 2.5, 2.25, 1.875), "429~retry-after-date=2"),
        Status("429 retry-after-ms", "429, `retry-after-ms: 1500`", Passes(429, Sentence.Limited, 2, 2, 2.25, 2.25), "429~retry-after-ms=1500"),
        Status("429 reset-requests", "429, `x-ratelimit-reset-requests: 2s`", Passes(429, Sentence.Limited, 2, 2.5, 3, 3), "429~reset-requests=2"),
        Status("429 reset-tokens", "429, `x-ratelimit-reset-tokens: 120ms`", Passes(429, Sentence.Limited, 1, 0.18, 0.18, 0.18), "429~reset-tokens=0.12"),
        Status("429 retry-after too late", "429, `Retry-After: 100`, longer than a request may take", PassesTooLate(Sentence.Limited, 100), "429~retry-after=100", PassesInEvents(Sentence.Limited, 100, 100.5, 101, 102)),
        Status("429 reset too late", "429, `x-ratelimit-reset-tokens: 1m30s`", PassesTooLate(Sentence.Limited, 90), "429~reset-tokens=90", PassesInEvents(Sentence.Limited, 90, 90.5, 91, 92)),
        Status("500", "500", Passes(503, Sentence.CannotAnswer)),
        Status("502", "502", Passes(503, Sentence.CannotAnswer)),
        Status("503", "503", Passes(503, Sentence.CannotAnswer)),
        Status("503 retry-after", "503, `Retry-After: 2`", Passes(503, Sentence.CannotAnswer, 2, 2.5, 3, 3), "503~retry-after=2"),
        Status("504", "504", Passes(504, Sentence.Late)),
        Status("529", "529", Passes(503, Sentence.CannotAnswer)),
        Status("408", "408", Passes(504, Sentence.Late)),
        Status("409", "409", Passes(503, Sentence.CannotAnswer)),
        Status("401", "401", Down(Sentence.Key)),
        Status("402", "402", Down(Sentence.Quota)),
        Status("403", "403", Down(Sentence.Key)),
        Status("404", "404", Down(Sentence.Unknown)),
        Status("unknown-model", "unknown model", Down(Sentence.Unknown)),
        Status("quota", "no quota left", Down(Sentence.Quota)),
        Status("400", "400", Refused(400, Sentence.Invalid)),
        Status("413", "413", Refused(413, Sentence.TooLarge)),
        Status("422", "422", Refused(400, Sentence.Invalid)),
        Status("context", "prompt too long", Refused(400, Sentence.TooLong)),
        Status("policy", "content of the prompt rejected", Refused(400, Sentence.Rejected)),
        new("filter", "answer ended by the provider's filter")
        {
            Start = Place.Never(OnlyAtEnd),
            Text = Place.Of("filter", Same(new Outcome { Status = 200, Pieces = 3 })),
            Tool = Place.Never(OnlyText),
            FinishReason = "content_filter",
        },
        new("refusal", "the model refuses, in its answer")
        {
            Start = Place.Never(WithTheText),
            Text = Place.Of("refusal", Same(new Outcome { Status = 200, Pieces = 3 })),
            Tool = Place.Never(OnlyText),
        },
        new("hang", "silence instead of an answer")
        {
            Start = Place.Of("hang", Hangs, Hangs, HangsInEvents),
            Text = Place.Never(NoAnswerYet),
            Tool = Place.Never(NoAnswerYet),
        },
        new("stall", "silence within an answer")
        {
            Start = Place.Of("stall~at=start", Hangs, Hangs, HangsInEvents),
            Text = Place.Of("stall~after=3", Hangs, Breaks(504, Sentence.Silent, 25)),
            Tool = Place.Of("stall~at=tool", Hangs, Breaks(504, Sentence.Silent, 25)),
        },
        new("stall unbounded", "the same, where an attempt may take longer than the request")
        {
            Start = Place.Of("stall~at=start", Over(60, "REQUEST_TIMEOUT"), Over(60, "REQUEST_TIMEOUT"), Over(600, "STREAM_TIMEOUT")),
            Text = Place.Of("stall~after=3", Over(60, "REQUEST_TIMEOUT"), Over(600, "STREAM_TIMEOUT")),
            Tool = Place.Of("stall~at=tool", Over(60, "REQUEST_TIMEOUT"), Over(600, "STREAM_TIMEOUT")),
            IsUnbounded = true,
        },
        new("comments", "nothing but signs of life")
        {
            Start = Place.Of("comments~delay=1", Hangs, Hangs, HangsInEvents),
            Text = Place.OfStreams("comments~after=3~delay=1", Breaks(504, Sentence.Silent, 25), OnlyBefore),
            Tool = Place.OfStreams("comments~at=tool~delay=1", Breaks(504, Sentence.Silent, 25), OnlyBefore),
        },
        new("slow", "slow tokens")
        {
            Start = Place.Never(WithTheText),
            Text = Place.Of("slow~delay=1", Works),
            Tool = Place.Of("slow~tool~delay=1", Works),
        },
        new("reset", "connection reset")
        {
            Start = Place.Of("reset~at=start", Passes(503, Sentence.Broken)),
            Text = Place.Of("reset~after=3", Passes(503, Sentence.Broken), Breaks(503, Sentence.Broken)),
            Tool = Place.Of("reset~at=tool", Passes(503, Sentence.Broken), Breaks(503, Sentence.Broken)),
        },
        new("reset behind headers", "connection reset after the first byte")
        {
            Start = Place.Of("reset~after=0", Passes(503, Sentence.Broken)),
            Text = Place.Never("That is the line above."),
            Tool = Place.Never("That is the line above."),
        },
        new("cut", "connection closed")
        {
            Start = Place.Of("cut~at=start", Passes(503, Sentence.Broken)),
            Text = Place.Of("cut~after=3", Passes(503, Sentence.Broken), Breaks(503, Sentence.Broken)),
            Tool = Place.Of("cut~at=tool", Passes(503, Sentence.Broken), Breaks(503, Sentence.Broken)),
        },
        new("truncated", "half of the JSON, or a stream without its end")
        {
            Start = Place.Of("truncated~at=start", Passes(503, Sentence.Broken)),
            Text = Place.Of("truncated~after=3", Passes(502, Sentence.Nonsense), Breaks(503, Sentence.Broken)),
            Tool = Place.Of("truncated~at=tool", Passes(502, Sentence.Nonsense), Breaks(503, Sentence.Broken)),
        },
        new("malformed", "JSON, or an event, that is none")
        {
            Start = Place.Of("malformed~at=start", Passes(502, Sentence.Nonsense)),
            Text = Place.Of("malformed~after=3", Passes(502, Sentence.Nonsense), Breaks(502, Sentence.Nonsense)),
            Tool = Place.Of("malformed~at=tool", Passes(502, Sentence.Nonsense), Breaks(502, Sentence.Nonsense)),
        },
        Error("error", "error inside an answer of status 200", "", Passes(503, Sentence.Failed), Breaks(503, Sentence.Failed)),
        Error("error 429", "the same, a rate limit", "~status=429", Passes(429, Sentence.Limited), Breaks(429, Sentence.Limited)),
        Error("error 401", "the same, a refused key", "~status=401", Down(Sentence.Key), Down(Sentence.Key)),
        Error("error 400", "the same, an invalid request", "~status=400", Refused(400, Sentence.Invalid), Refused(400, Sentence.Invalid)),
        new("html", "a page instead of an answer")
        {
            Start = Place.Of("html", Down(Sentence.Page)),
            Text = Place.Never(NoAnswerYet),
            Tool = Place.Never(NoAnswerYet),
        },
        new("empty", "no body, or a stream without events")
        {
            Start = Place.Of("empty", Passes(503, Sentence.Broken)),
            Text = Place.Never(NoAnswerYet),
            Tool = Place.Never(NoAnswerYet),
        },
        new("done-twice", "`[DONE]` twice")
        {
            Start = Place.Never(OnlyAtEnd),
            Text = Place.OfStreams("done-twice", Works, OnlyInStreams),
            Tool = Place.OfStreams("done-twice~tool", Works, OnlyInStreams),
        },
        new("done-missing", "no `[DONE]` after the finish reason")
        {
            Start = Place.Never(OnlyAtEnd),
            Text = Place.OfStreams("done-missing", Works, OnlyInStreams),
            Tool = Place.OfStreams("done-missing~tool", Works, OnlyInStreams),
        },
        new("huge", "a piece of 1 MiB")
        {
            Start = Place.Of("huge~size=1048576", Works),
            Text = Place.Of("huge~size=1048576~after=3", Works),
            Tool = Place.Never(TextFirst),
            IsHuge = true,
        },
        new("huge over the limit", "a piece of 17 MiB: an answer, or an event of a stream, may have 16")
        {
            Start = Place.Of("huge~size=17825792", Refused(502, Sentence.TooMuch)),
            Text = Place.Of("huge~size=17825792~after=3", Refused(502, Sentence.TooMuch)),
            Tool = Place.Never(TextFirst),
        },
        Unreachable("tls", "a certificate that nobody trusts", Server.SelfSigned, Down(Sentence.Unsafe)),
        Unreachable("dns", "a host without an address", Server.Nameless, Passes(503, Sentence.Unreachable)),
        Unreachable("refused", "a port where nobody listens", Server.Closed, Passes(503, Sentence.Unreachable)),
    ];

    private static FaultRow Status(string name, string title, Case all, string? model = null, Case? events = null) => new(name, title)
    {
        Start = Place.Of(model ?? name, all, all, events),
        Text = Place.Never(NoAnswerYet),
        Tool = Place.Never(NoAnswerYet),
    };

    private static FaultRow Error(string name, string title, string status, Case before, Case after) => new(name, title)
    {
        Start = Place.Of($"error~at=start{status}", before),
        Text = Place.Of($"error~after=3{status}", before, Delivered(after)),
        Tool = Place.Of($"error~at=tool{status}", before, Delivered(after)),
    };

    /// <summary>After content, the next model is not asked whatever the failure is.</summary>
    private static Case Delivered(Case failure) => Same(failure.Always);

    private static FaultRow Unreachable(string name, string title, Server server, Case all) => new(name, title)
    {
        Start = Place.Of("", all.With(outcome => outcome with { Attempts = 0 })),
        Text = Place.Never(NoConnectionYet),
        Tool = Place.Never(NoConnectionYet),
        Server = server,
    };
}
