namespace Serving.Clients.Tests;

/// <summary>Where the tests find what they run: the client's tests and the built programs.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of the client's tests and of its npm packages.</summary>
    public static string Clients { get; } = Path.Combine(Root, "tests", "clients");

    /// <summary>The built program of a project, of the same configuration and framework as these tests.</summary>
    public static string Program(string project, string assembly)
    {
        // The folders below bin, for example Debug/net10.0.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(Root, project, "bin", own.Parent!.Name, own.Name, assembly);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"The program '{path}' is not built; run 'dotnet build' at the repository's root.", path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serving.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException(
            $"No folder above '{AppContext.BaseDirectory}' holds Serving.sln; run the tests from inside the repository.");
    }
}
