namespace Serving.LoadTests.Targets;

/// <summary>Where the programs of this repository are built.</summary>
public static class Repository
{
    /// <summary>The folder that holds all of it.</summary>
    /// <exception cref="InvalidOperationException">This program does not run from a build inside the repository.</exception>
    public static string Root { get; } = Find();

    /// <summary>The command that runs .NET programs.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>A program of a project that was built as this one was, for example Release/net10.0.</summary>
    /// <exception cref="FileNotFoundException">It was not built.</exception>
    public static string Program(string project, string file)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(Root, project, "bin", own.Parent!.Name, own.Name, file); // a parent: below bin
        return File.Exists(path) ? path : throw new FileNotFoundException($"There is no {path}. Build it: dotnet build {project} -c {own.Parent.Name}.", path);
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serving.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("Run this from a build inside the repository: no folder above has Serving.sln.");
    }
}
