using System.Reflection;
using System.Xml.Linq;

namespace Serving.Architecture.Tests;

/// <summary>Host → Endpoints → Runtime ← Providers ← Host, and what follows from it for packages, folders and files.</summary>
public sealed class DependencyDirectionTests
{
    private const int MaxDepth = 2;
    private const int MaxLines = 400;

    private static readonly string[] Product = ["Runtime", "Providers", "Endpoints", "Host", "loadtests"];

    /// <summary>Product files that may reach 400 lines, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongFiles = new(StringComparer.Ordinal)
    {
    };

    [Theory]
    [InlineData("Serving.Runtime", "Microsoft.AspNetCore", "Polly", "Serilog", "Serving.Providers", "Serving.Endpoints", "serving")]
    [InlineData("Serving.Providers", "Microsoft.AspNetCore", "Serilog", "Serving.Endpoints", "serving")]
    [InlineData("Serving.Endpoints", "Polly", "Serilog", "Serving.Providers", "serving")]
    public void Assembly_References_StayWithinTheLayersBelow(string name, params string[] forbidden)
    {
        var wrong = Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!) // named: loaded by name
            .Where(reference => forbidden.Any(bad => reference == bad || reference.StartsWith(bad + ".", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);

        Verdict.None(wrong);
    }

    [Theory]
    [InlineData("Runtime")]
    [InlineData("Providers", "Runtime")]
    [InlineData("Endpoints", "Runtime")]
    [InlineData("Host", "Endpoints", "Providers", "Runtime")]
    [InlineData("loadtests/Simulator")]
    public void Project_ProjectReferences_AreTheLayersBelow(string project, params string[] allowed)
    {
        var file = Assert.Single(Directory.GetFiles(Repository.PathOf(project), "*.csproj"));
        var references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileName(Path.GetDirectoryName(reference.Attribute("Include")!.Value))!); // always "../X/X.csproj"

        Verdict.None(references.Except(allowed, StringComparer.Ordinal));
    }

    [Fact]
    public void Folders_BelowAProject_AreAtMostTwoDeep()
    {
        var projects = Repository.Files(".", "*.csproj").Select(project => Path.GetDirectoryName(project)!); // a file has a folder
        var deep = projects.SelectMany(project => Repository.Files(Repository.Relative(project), "*.cs")
                .Where(file => Path.GetRelativePath(project, file).Split(Path.DirectorySeparatorChar).Length - 1 > MaxDepth))
            .Select(Repository.Relative);

        Verdict.None(deep);
    }

    [Fact]
    public void ProductFiles_StayBelowFourHundredLines()
    {
        var tooLong = Product.SelectMany(project => Repository.Files(project, "*.cs"))
            .Select(file => (Name: Repository.Relative(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines >= MaxLines && !LongFiles.ContainsKey(file.Name))
            .Select(file => $"{file.Name} has {file.Lines} lines; the limit is {MaxLines}. Split it by concept.");

        Verdict.None(tooLong);
    }
}
