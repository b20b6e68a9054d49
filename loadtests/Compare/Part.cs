using System.Globalization;
using Serving.LoadTests.Client;

namespace Serving.LoadTests.Compare;

/// <summary>One load that several servers get in turns.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="Title">For people.</param>
/// <param name="Servers">Who gets it, in turn.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Copies">Requests at once; each is followed by the next as soon as it is answered.</param>
internal sealed record Part(string Name, string Title, IReadOnlyList<ServerKind> Servers, RequestKind Kind, int Copies)
{
    /// <summary>Pieces of an answer, all of them checked; 0 for a part without a model.</summary>
    public int Pieces { get; init; }

    /// <summary>Between two pieces.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Whether one turn tells what is to be known.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Settings of the host beyond those that all have.</summary>
    public IReadOnlyDictionary<string, string> HostSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Answers a second while all requests are in flight; null where as many are given as can be.</summary>
    public double? SteadyRate { get; init; }

    /// <summary>The model's name at the simulator.</summary>
    public string Model => string.Create(CultureInfo.InvariantCulture, $"sim~tokens={Pieces}~delay={Pace.TotalMilliseconds}");

    /// <summary>The time over which the first requests are spread, so that streams do not march in step.</summary>
    public TimeSpan Spread => Pieces * Pace;

    /// <summary>The parts that run unless others are chosen, in their order.</summary>
    public static IReadOnlyList<Part> All { get; } =
    [
        new("echo", "Echo invoke, 64 connections, no provider", [ServerKind.Bare, ServerKind.EchoHost], RequestKind.Invoke, 64),
        new("invoke", "One LLM call, 64 connections", [ServerKind.Host, ServerKind.Nginx, ServerKind.Gateway, ServerKind.Relay], RequestKind.Invoke, 64) { Pieces = 20 },
        new("stream", "Streams of 100 frames, all at once, 32 connections", [ServerKind.Host, ServerKind.Nginx, ServerKind.Gateway, ServerKind.Relay], RequestKind.Stream, 32) { Pieces = 100 },
        new("paced", "100 streams of 100 frames, 10 ms apart, each in a write of its own", [ServerKind.Host, ServerKind.Nginx, ServerKind.Gateway, ServerKind.Relay], RequestKind.Stream, 100)
        {
            Pieces = 100, Pace = TimeSpan.FromMilliseconds(10),
        },
        new("first", "Time to first token, streams of 3 frames, 4 connections", [ServerKind.Direct, ServerKind.Host, ServerKind.Nginx, ServerKind.Gateway, ServerKind.Relay], RequestKind.Stream, 4) { Pieces = 3 },
        new("crowd", "1,000 streams of 100 frames, 100 ms apart", [ServerKind.Host], RequestKind.Stream, 1000) { Pieces = 100, Pace = TimeSpan.FromMilliseconds(100), IsSingle = true },
    ];

    /// <summary>What a host takes for a given number of requests in flight. It may have the heap of a container of 512 MiB: three quarters of it.</summary>
    public static IReadOnlyList<Part> Sizing { get; } =
    [
        Streams(100, TimeSpan.FromMilliseconds(100)),
        Streams(500, TimeSpan.FromMilliseconds(100)),
        Streams(500, TimeSpan.FromMilliseconds(20)),
        Streams(1000, TimeSpan.FromMilliseconds(100)),
        Streams(2000, TimeSpan.FromMilliseconds(100)),
        Streams(5000, TimeSpan.FromSeconds(1)),
        Sized("116 calls, each answered in 1 s", RequestKind.Invoke, 116, pieces: 20, TimeSpan.FromMilliseconds(50)),
        Sized("500 calls, each answered in 1 s", RequestKind.Invoke, 500, pieces: 20, TimeSpan.FromMilliseconds(50)),
    ];

    private static Part Streams(int copies, TimeSpan pace) =>
        Sized(string.Create(CultureInfo.InvariantCulture, $"{copies:N0} streams, a piece every {pace.TotalMilliseconds:N0} ms"), RequestKind.Stream, copies, (int)(10 / pace.TotalSeconds), pace);

    private static Part Sized(string title, RequestKind kind, int copies, int pieces, TimeSpan pace) => new("sizing", title, [ServerKind.Host], kind, copies)
    {
        Pieces = pieces,
        Pace = pace,
        SteadyRate = copies / (pieces * pace).TotalSeconds,
        HostSettings = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x18000000" },
    };
}
