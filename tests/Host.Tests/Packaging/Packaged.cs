using System.Globalization;
using System.Text.RegularExpressions;

namespace Serving.Host.Tests.Packaging;

/// <summary>Reads the files that ship the host.</summary>
internal static class Packaged
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static string Root { get; } = FindRoot();

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The names and values that a pattern finds in a file, as its groups <c>key</c> and <c>value</c>.</summary>
    public static Dictionary<string, string> Pairs(string path, string pattern) =>
        Regex.Matches(Text(path), pattern, RegexOptions.Multiline | RegexOptions.ExplicitCapture, Patience).ToDictionary(match => match.Groups["key"].Value, match => match.Groups["value"].Value);

    /// <summary>What stands in the group <c>value</c> of the first match in a file.</summary>
    public static string Value(string path, string pattern)
    {
        var match = Regex.Match(Text(path), pattern, RegexOptions.Multiline | RegexOptions.ExplicitCapture, Patience);
        Assert.True(match.Success, $"'{path}' has nothing like '{pattern}'.");
        return match.Groups["value"].Value;
    }

    public static int Number(string path, string pattern) => int.Parse(Value(path, pattern), CultureInfo.InvariantCulture);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serving.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds Serving.sln; run the tests from a clone.");
    }
}
