using Serving.Providers.Catalog;

namespace Serving.Providers.Accounting;

/// <summary>A line of a price table.</summary>
/// <param name="Pattern">The name of a model, or the beginning of names and a <c>*</c>.</param>
/// <param name="Price">Their price; null if they have none.</param>
internal sealed record PriceEntry(string Pattern, ModelPrice? Price)
{
    private ReadOnlySpan<char> Prefix => Pattern.AsSpan(0, Pattern.Length - 1);

    private bool IsWildcard => Pattern[^1] == '*';

    /// <summary>How closely it names its models: whole names before beginnings, longer ones before shorter.</summary>
    public int Rank => IsWildcard ? Pattern.Length : int.MaxValue;

    /// <summary>Whether a text can be a pattern: <c>provider:model</c>, <c>provider:beginning*</c>, <c>provider:*</c> or <c>*</c>.</summary>
    public static bool IsPattern(string text)
    {
        var star = text.IndexOf('*', StringComparison.Ordinal);
        return text == "*" || ((star < 0 || star == text.Length - 1) && ModelName.TryParse(text, out var name) && name.ToString() == text);
    }

    public bool Matches(string name) => IsWildcard
        ? name.AsSpan().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        : name.Equals(Pattern, StringComparison.OrdinalIgnoreCase);
}
