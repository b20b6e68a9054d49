using System.Diagnostics.CodeAnalysis;

namespace Serving.Providers.Catalog;

/// <summary>Where a key is. Nothing prints the key itself.</summary>
public sealed class ApiKey
{
    private ApiKey(string? text, string? file)
    {
        Text = text;
        File = file;
    }

    internal string? Text { get; }

    /// <summary>The path of the file that holds it; null if no file does.</summary>
    public string? File { get; }

    /// <summary>A key that stays as it is.</summary>
    public static ApiKey Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new ApiKey(key.Trim(), null);
    }

    /// <summary>
    /// The key in a file, whitespace around it aside. The file is read again when the key is used, at most once a second. Should it vanish or be empty,
    /// the last key stays in force.
    /// </summary>
    public static ApiKey InFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new ApiKey(null, path);
    }

    /// <summary>What kind of key it is, not which.</summary>
    public override string ToString() => File is null ? "a key" : "a key in a file";

    /// <summary>Whether a header can carry it.</summary>
    internal static bool IsUsable([NotNullWhen(true)] string? key) => key is { Length: > 0 } && !key.AsSpan().ContainsAnyExceptInRange('!', '~');
}
