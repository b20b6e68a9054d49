using System.Globalization;

namespace Serving.Simulator;

/// <summary>The command line.</summary>
internal static class SimulatorArguments
{
    private const string Usage =
        "Arguments: --urls ADDRESS[;ADDRESS] --tls-port PORT --key KEY --seed N --tokens N --token-delay-ms MS --token-delay-ms MODEL:MS --kept-attempts N";

    /// <summary>The options; null, and what is wrong, if the arguments are not understood.</summary>
    public static SimulatorOptions? Parse(string[] args, out string problem)
    {
        var options = new SimulatorOptions { Urls = "http://127.0.0.1:8089" };
        for (var index = 0; index < args.Length; index += 2)
        {
            var value = index + 1 < args.Length ? args[index + 1] : "";
            if (value.Length == 0 || !Set(options, args[index], value))
            {
                problem = $"'{args[index]} {value}' is not understood. {Usage}";
                return null;
            }
        }

        problem = "";
        return options;
    }

    private static bool Set(SimulatorOptions options, string name, string value)
    {
        switch (name)
        {
            case "--urls":
                options.Urls = value;
                return true;
            case "--key":
                options.Key = value;
                return true;
            case "--tls-port" when Number(value) is >= 0 and <= 65535 and var port:
                options.TlsPort = (int)port;
                return true;
            case "--seed" when Number(value) is { } seed:
                options.Seed = seed;
                return true;
            case "--tokens" when Number(value) is >= 0 and <= 1_000_000 and var tokens:
                options.Tokens = (int)tokens;
                return true;
            case "--kept-attempts" when Number(value) is >= 0 and <= 10_000_000 and var kept:
                options.KeptAttempts = (int)kept;
                return true;
            case "--token-delay-ms":
                return SetDelay(options, value);
            default:
                return false;
        }
    }

    private static bool SetDelay(SimulatorOptions options, string value)
    {
        var colon = value.LastIndexOf(':');
        if (!double.TryParse(value.AsSpan(colon + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds))
            return false;
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        if (colon < 0)
            options.TokenDelay = delay;
        else
            options.TokenDelays[value[..colon]] = delay;
        return true;
    }

    private static long? Number(string value) => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
