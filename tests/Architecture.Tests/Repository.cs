namespace Serving.Architecture.Tests;

/// <summary>The working tree these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Produced = ["bin", "obj", "node_modules", "artifacts", "TestResults", ".git"];

    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Files below a folder, without what builds and package managers put there; sorted.</summary>
    public static IReadOnlyList<string> Files(string relative, string pattern)
    {
        var folder = PathOf(relative);
        if (!Directory.Exists(folder))
            return [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return [.. Directory.EnumerateFiles(folder, pattern, options)
            .Where(file => !Relative(file).Split('/').Any(part => Produced.Contains(part, StringComparer.Ordinal)))
            .Order(StringComparer.Ordinal)];
    }

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
