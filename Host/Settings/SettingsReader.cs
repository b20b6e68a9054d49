using System.Globalization;

namespace Serving.Host.Settings;

/// <summary>
/// Reads settings from one place of the configuration, and notes what could not be read: the setting, its value, what it may be, what to do.
/// An empty setting is one that is not set.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration, List<string> problems)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string? Text(string key)
    {
        _known.Add(key);
        return configuration[key] is { Length: > 0 } text ? text : null;
    }

    public bool Has(string key) => Text(key) is not null;

    public int Integer(string key, int fallback, int minimum = int.MinValue, int maximum = int.MaxValue) =>
        Integer(key, minimum, maximum, $"Unset it for {fallback}.") ?? fallback;

    public int? Integer(string key) => Integer(key, int.MinValue, int.MaxValue, "Unset it for none.");

    public double Number(string key, double fallback) => Number(key, $"Unset it for {Show(fallback)}.") ?? fallback;

    public double? Number(string key) => Number(key, "Unset it for none.");

    public TimeSpan Seconds(string key, TimeSpan fallback) => Seconds(key, $"Unset it for {Show(fallback.TotalSeconds)}.") ?? fallback;

    public TimeSpan? Seconds(string key) => Seconds(key, "Unset it for none.");

    public bool Boolean(string key, bool fallback)
    {
        switch (Text(key)?.ToUpperInvariant())
        {
            case null:
                return fallback;
            case "TRUE" or "1" or "YES" or "ON":
                return true;
            case "FALSE" or "0" or "NO" or "OFF":
                return false;
            default:
                problems.Add($"{Path(key)} is '{Text(key)}'; it must be true or false. Unset it for {(fallback ? "true" : "false")}.");
                return fallback;
        }
    }

    public T? Choice<T>(string key)
        where T : struct, Enum
    {
        if (Text(key) is not { } text)
            return null;
        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+') && Enum.TryParse<T>(text, ignoreCase: true, out var value))
            return value;
        problems.Add($"{Path(key)} is '{text}'; it must be {string.Join(", ", Enum.GetNames<T>()[..^1])} or {Enum.GetNames<T>()[^1]}.");
        return null;
    }

    /// <summary>An address. Problems do not show it: it may hold a password, or be a key in the wrong place.</summary>
    public Uri? Address(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address))
            return address;
        problems.Add($"{Path(key)} is no address; it must be absolute, of http or https, such as https://host.example/v1.");
        return null;
    }

    /// <summary>Several values: one setting each (<c>Key:0</c>, <c>Key:1</c>), or where commas part them a single one. Null if there is none.</summary>
    public IReadOnlyList<string>? List(string key, bool commas)
    {
        var single = Text(key);
        var each = configuration.GetSection(key).GetChildren().Select(child => child.Value).OfType<string>().Where(value => value.Length > 0);
        return single is null ? (each.ToList() is { Count: > 0 } list ? list : null)
            : commas ? single.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [single];
    }

    /// <summary>The groups of settings below a key, in order.</summary>
    public IEnumerable<(string Name, SettingsReader Settings)> Groups(string key)
    {
        _known.Add(key);
        foreach (var group in configuration.GetSection(key).GetChildren())
        {
            if (group.Value is { Length: > 0 })
                problems.Add($"{group.Path} is a single value; it must be a group of settings. Set those, such as {group.Path}:{(key == "Models" ? "Model" : "ApiKeyFile")}.");
            else
                yield return (group.Key, new SettingsReader(group, problems));
        }
    }

    /// <summary>Notes each setting here that nothing has asked for, with the nearest that are known.</summary>
    public void RejectUnknown()
    {
        foreach (var child in configuration.GetChildren().Where(child => !_known.Contains(child.Key)))
        {
            var nearest = _known.OrderBy(known => Distance(known, child.Key)).ThenBy(known => known, StringComparer.Ordinal).Take(3);
            problems.Add($"{child.Path} is not a setting. The nearest are {string.Join(", ", nearest)}. Correct or remove it.");
        }
    }

    /// <summary>The whole name of a setting.</summary>
    public string Path(string key) => configuration is IConfigurationSection section ? $"{section.Path}:{key}" : key;

    private static string Show(double value) => value.ToString(CultureInfo.InvariantCulture);

    private int? Integer(string key, int minimum, int maximum, string cure)
    {
        if (Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
            return value;
        problems.Add(minimum == int.MinValue
            ? $"{Path(key)} is '{text}'; it must be a whole number. {cure}"
            : $"{Path(key)} is '{text}'; it must be a whole number from {minimum} to {maximum}. {cure}");
        return null;
    }

    private double? Number(string key, string cure)
    {
        if (Text(key) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            return value;
        problems.Add($"{Path(key)} is '{text}'; it must be a number, such as 0.5. {cure}");
        return null;
    }

    private TimeSpan? Seconds(string key, string cure)
    {
        if (Text(key) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86_400)
            return TimeSpan.FromSeconds(seconds);
        problems.Add($"{Path(key)} is '{text}'; it must be seconds from 0 to 86400, such as 30 or 0.5. {cure}");
        return null;
    }

    /// <summary>How many letters must be added, dropped or changed to make one word of the other.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
