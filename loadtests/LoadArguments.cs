using System.Globalization;
using Serving.LoadTests.Driver;
using Serving.LoadTests.Scenarios;

namespace Serving.LoadTests;

/// <summary>The command line.</summary>
internal sealed record LoadArguments
{
    public const string Usage = """
        dotnet run --project loadtests -c Release -- SCENARIO [options]
        dotnet run --project loadtests -c Release -- list
        dotnet run --project loadtests -c Release -- render REPORT.JSON DIR    every form of a report, from the JSON

          --duration TIME      how long: 30s, 5m, 3.5h; all parts of the load in proportion
          --rate N             requests a second
          --seed N             what chance depends on (1)
          --pacing KIND        poisson or even: how a rate is spread over time (poisson)
          --warm-up TIME       before the run, not counted
          --thresholds WHAT    all, counts (no times and no memory: for shared machines) or none (all)
          --report DIR         where reports go (loadtests/reports/SCENARIO)
          --base-url URL       a host that runs elsewhere; without, simulator and host are started here
          --host-pid PID       its process, if it runs on this machine, to account for
          --metrics-url URL    its metrics, to see what is left in flight
          --simulator-url URL  the simulator behind it, for faults and counts; without one, texts are not looked at
          --model NAME         what the model is called at that simulator
          --set NAME=VALUE     a setting of the host that is started; may be repeated
          --timeout TIME       the longest a request may take (120s)
        """;

    public required Scenario Scenario { get; init; }

    public TimeSpan Duration { get; private set; }

    public double Rate { get; private set; }

    public long Seed { get; private set; } = 1;

    public Pacing Pacing { get; private set; }

    public TimeSpan WarmUp { get; private set; }

    public ThresholdScope Thresholds { get; private set; } = ThresholdScope.All;

    public string Report { get; private set; } = "";

    public Uri? BaseUrl { get; private set; }

    public int? HostPid { get; private set; }

    public Uri? MetricsUrl { get; private set; }

    public Uri? SimulatorUrl { get; private set; }

    public string Model { get; private set; } = "";

    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    public TimeSpan Timeout { get; private set; } = TimeSpan.FromSeconds(120);

    /// <summary>Whether answers are the simulator's numbered texts.</summary>
    public bool HasNumberedText => BaseUrl is null || SimulatorUrl is not null;

    /// <exception cref="FormatException">The arguments are not understood; the message says which.</exception>
    public static LoadArguments Parse(string[] args)
    {
        var name = args.FirstOrDefault() ?? throw new FormatException("There is no scenario.");
        var scenario = AllScenarios.List.FirstOrDefault(one => one.Name == name)
            ?? throw new FormatException($"There is no scenario '{name}'. There are {string.Join(", ", AllScenarios.List.Select(one => one.Name))}.");
        var arguments = new LoadArguments { Scenario = scenario, Duration = scenario.Duration, Rate = scenario.Rate, Model = scenario.Model.Name, Report = Path.Combine("loadtests", "reports", name) };
        TimeSpan? warmUp = null;
        for (var i = 1; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"'{args[i]}' has no value.");
            if (args[i] == "--warm-up")
                warmUp = Time(value);
            else
                arguments.Set(args[i], value);
        }

        arguments.WarmUp = warmUp ?? (scenario.WarmUpDuration < arguments.Duration / 4 ? scenario.WarmUpDuration : arguments.Duration / 4);
        return arguments;
    }

    /// <summary>Reads 500ms, 30s, 5m or 3.5h.</summary>
    public static TimeSpan Time(string text)
    {
        var unit = text.TrimStart("0123456789.".ToCharArray());
        return double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? unit switch
            {
                "ms" => TimeSpan.FromMilliseconds(number),
                "s" => TimeSpan.FromSeconds(number),
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                _ => throw Wrong(),
            }
            : throw Wrong();

        FormatException Wrong() => new($"'{text}' is no time; write 500ms, 30s, 5m or 3.5h.");
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--duration":
                Duration = Time(value);
                break;
            case "--rate":
                Rate = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= 100_000
                    ? rate
                    : throw new FormatException($"'{value}' is no rate; it is above 0 and at most 100000 requests a second.");
                break;
            case "--seed":
                Seed = Number(value);
                break;
            case "--pacing":
                Pacing = Choice<Pacing>(value);
                break;
            case "--thresholds":
                Thresholds = Choice<ThresholdScope>(value);
                break;
            case "--report":
                Report = value;
                break;
            case "--base-url":
                BaseUrl = Address(value);
                break;
            case "--metrics-url":
                MetricsUrl = Address(value);
                break;
            case "--simulator-url":
                SimulatorUrl = Address(value);
                break;
            case "--host-pid":
                HostPid = (int)Number(value);
                break;
            case "--model":
                Model = value;
                break;
            case "--timeout":
                Timeout = Time(value);
                break;
            case "--set" when value.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals:
                Settings[value[..equals]] = value[(equals + 1)..];
                break;
            default:
                throw new FormatException($"'{name} {value}' is not understood.");
        }
    }

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{text}' is no whole number.");

    private static T Choice<T>(string text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException($"'{text}' is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri : throw new FormatException($"'{text}' is no http or https address.");
}
