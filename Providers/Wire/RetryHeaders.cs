using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;

namespace Serving.Providers.Wire;

/// <summary>When a provider wants to be asked again, in the forms there are.</summary>
internal static class RetryHeaders
{
    // Whoever says a week means "not today": a longer wait than a day is no use to a client.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Reset, string Remaining)[] Budgets =
    [
        ("x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"),
        ("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"),
        ("x-ratelimit-reset", "x-ratelimit-remaining"),
        ("anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining"),
        ("anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining"),
        ("anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining"),
        ("anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining"),
    ];

    public static TimeSpan? Read(HttpResponseHeaders headers, bool isRateLimit, DateTimeOffset now)
    {
        if (Value(headers, "retry-after-ms") is { } text && Number(text) is { } milliseconds)
            return Bounded(milliseconds / 1000);
        if (Value(headers, "Retry-After") is { } after)
        {
            if (Number(after) is { } seconds)
                return Bounded(seconds);
            if (Date(after, now) is { } date)
                return date;
        }

        if (!isRateLimit)
            return null;
        // Several budgets may be told of; those that have something left did not stop this call.
        TimeSpan? longest = null;
        foreach (var (name, remaining) in Budgets)
        {
            if (Value(headers, remaining) is { } left && Number(left) is > 0)
                continue;
            if (Value(headers, name) is { } reset && Duration(reset, now) is { } wait && (longest is null || wait > longest))
                longest = wait;
        }

        return longest;
    }

    private static string? Value(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString().Trim() : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan? Date(string text, DateTimeOffset now) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Bounded((date - now).TotalSeconds) : null;

    /// <summary>Seconds, a time since 1970 in seconds or milliseconds, a duration such as <c>6m0s</c>, <c>1.5s</c>, <c>20ms</c>, or a date.</summary>
    private static TimeSpan? Duration(string text, DateTimeOffset now)
    {
        if (Number(text) is { } number)
        {
            var seconds = number > 1e11 ? number / 1000 : number;
            return Bounded(seconds > 5e8 ? seconds - now.ToUnixTimeSeconds() : seconds);
        }

        double total = 0;
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
                return Date(text, now);
            rest = rest[digits..];
            var length = rest.IndexOfAny(Digits) is var next and >= 0 ? next : rest.Length;
            var factor = rest[..length] switch
            {
                "ms" => 0.001,
                "s" => 1d,
                "m" => 60d,
                "h" => 3600d,
                "d" => 86400d,
                _ => double.NaN,
            };
            if (double.IsNaN(factor))
                return Date(text, now);
            total += amount * factor;
            rest = rest[length..];
        }

        return Bounded(total);
    }

    private static TimeSpan Bounded(double seconds) =>
        seconds <= 0 ? TimeSpan.Zero : seconds >= Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds(seconds);
}
