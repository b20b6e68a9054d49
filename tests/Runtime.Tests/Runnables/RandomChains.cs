using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Runnables;

/// <summary>Chains from text to text, drawn by a seed. The same seed gives the same chain.</summary>
/// <param name="seed">The seed.</param>
/// <param name="asynchronous">Whether some steps go on on another thread, so that branches of maps really interleave.</param>
internal sealed class RandomChains(int seed, bool asynchronous)
{
    private readonly Random _random = new(seed);
    private int _names;

    public string Text() => string.Concat(Enumerable.Range(0, _random.Next(1, 12)).Select(_ => (char)('a' + _random.Next(26))));

    public Runnable<string, string> Chain(int depth)
    {
        var chain = Step(depth);
        for (var more = _random.Next(3); more > 0; more--)
            chain = chain.Pipe(Step(depth));
        return chain;
    }

    public Runnable<string, string> Step(int depth) => _random.Next(depth > 0 ? 14 : 6) switch
    {
        0 => Runnable.Lambda<string, string>(Name("suffix"), text => text + "!"),
        1 => Runnable.Lambda<string, string>(text => new string([.. text.Reverse()])),
        2 => Runnable.Generator<string, string>(Name("split"), (text, _) => Split(text, 1 + (text.Length / 3))),
        3 => Runnable.Transform<string, string>(Name("upper"), (pieces, _) => Upper(pieces)),
        4 => Runnable.Transform<string, string>(Name("pairs"), (pieces, _) => Pairs(pieces)),
        5 => Runnable.Passthrough<string>(),
        6 => Map(Chain(depth - 1), Chain(depth - 1)),
        7 => Assigned(Chain(depth - 1)),
        8 => Failing().WithFallbacks(Chain(depth - 1)),
        9 => Chain(depth - 1).WithFallbacks(Failing()),
        10 => Runnable.Branch(Chain(depth - 1), ((string text) => text.Length % 2 == 0, Chain(depth - 1))),
        11 => Chain(depth - 1).WithName(Name("named")),
        12 => Chain(depth - 1).WithRetry(),
        _ => Listed(Chain(depth - 1)),
    };

    private string Name(string kind) => $"{kind}{++_names}";

    private static Runnable<string, string> Map(Runnable<string, string> left, Runnable<string, string> right) =>
        Runnable.Parallel<string>(("left", left), ("right", right), ("same", Runnable.Passthrough<string>()))
            .Pipe(Runnable.Lambda<ChainValues, string>("join", values => $"{values["left"]}|{values["right"]}|{values["same"]}"));

    private static Runnable<string, string> Assigned(Runnable<string, string> chain) =>
        Runnable.Transform<string, ChainValues>("wrap", (pieces, _) => pieces.Select(piece => ChainValues.Of("x", piece)))
            .Pipe(Runnable.Assign(("y", Runnable.Pick<string>("x").Pipe(chain))))
            .Pipe(Runnable.Lambda<ChainValues, string>("unwrap", values => $"{values["x"]}={values["y"]}"));

    private static Runnable<string, string> Listed(Runnable<string, string> chain) =>
        Runnable.Lambda<string, IReadOnlyList<string>>("list", text => [text, text + "2"])
            .Pipe(chain.Each())
            .Pipe(Runnable.Lambda<IReadOnlyList<string>, string>("unlist", items => string.Join(',', items)));

    private Runnable<string, string> Failing() =>
        Runnable.Lambda<string, string>(Name("failing"), string (_) => throw new InvalidDataException("as meant"));

    private async IAsyncEnumerable<string> Split(string text, int length)
    {
        foreach (var piece in text.Chunk(length))
        {
            await PauseAsync();
            yield return new string(piece);
        }
    }

    private async IAsyncEnumerable<string> Upper(IAsyncEnumerable<string> pieces)
    {
        await foreach (var piece in pieces)
        {
            await PauseAsync();
            yield return piece.ToUpperInvariant();
        }
    }

    private static async IAsyncEnumerable<string> Pairs(IAsyncEnumerable<string> pieces)
    {
        string? kept = null;
        await foreach (var piece in pieces)
        {
            if (kept is not null)
                yield return kept + piece;
            kept = kept is null ? piece : null;
        }

        if (kept is not null)
            yield return kept;
    }

    private async ValueTask PauseAsync()
    {
        if (asynchronous)
            await Task.Yield();
    }
}
