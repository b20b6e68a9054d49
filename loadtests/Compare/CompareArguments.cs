using System.Globalization;

namespace Serving.LoadTests.Compare;

/// <summary>The command line of a comparison.</summary>
internal sealed record CompareArguments
{
    public const string Usage = """
        dotnet run --project loadtests -c Release -- compare [options]

          --only NAMES       parts to run, by commas: echo, invoke, stream, paced, first, crowd, idle (all these), sizing
          --rounds N         turns of each server in each part (3)
          --seconds N        how long a turn lasts (3)
          --warm-up N        CPU seconds of each server before its first turn, not counted (5)
          --idle-streams N   open streams of the idle part (10000)
          --report DIR       where compare.md and compare.json go (loadtests/reports/compare)
        """;

    /// <summary>The parts to run, in their order.</summary>
    public IReadOnlyList<Part> Parts { get; private set; } = Part.All;

    public bool HasIdle { get; private set; } = true;

    public int Rounds { get; private set; } = 3;

    public TimeSpan Turn { get; private set; } = TimeSpan.FromSeconds(3);

    public TimeSpan WarmUp { get; private set; } = TimeSpan.FromSeconds(5);

    public int IdleStreams { get; private set; } = 10_000;

    public string Report { get; private set; } = Path.Combine("loadtests", "reports", "compare");

    /// <exception cref="FormatException">The arguments are not understood; the message says which.</exception>
    public static CompareArguments Parse(IReadOnlyList<string> args)
    {
        var arguments = new CompareArguments();
        for (var i = 0; i < args.Count; i += 2)
            arguments.Set(args[i], i + 1 < args.Count ? args[i + 1] : throw new FormatException($"'{args[i]}' has no value."));
        return arguments;
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--only":
                Choose(value.Split(','));
                break;
            case "--rounds":
                Rounds = Number(value, 100);
                break;
            case "--seconds":
                Turn = TimeSpan.FromSeconds(Number(value, 600));
                break;
            case "--warm-up":
                WarmUp = TimeSpan.FromSeconds(Number(value, 600));
                break;
            case "--idle-streams":
                IdleStreams = Number(value, 100_000);
                break;
            case "--report":
                Report = value;
                break;
            default:
                throw new FormatException($"'{name} {value}' is not understood.");
        }
    }

    private void Choose(IReadOnlyList<string> names)
    {
        IReadOnlyList<Part> known = [.. Part.All, .. Part.Sizing];
        if (names.FirstOrDefault(name => name != "idle" && known.All(part => part.Name != name)) is { } unknown)
            throw new FormatException($"There is no part '{unknown}'. There are {string.Join(", ", known.Select(part => part.Name).Distinct())}, idle.");
        Parts = [.. known.Where(part => names.Contains(part.Name))];
        HasIdle = names.Contains("idle");
    }

    private static int Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number : throw new FormatException($"'{text}' is not from 1 to {most}.");
}
