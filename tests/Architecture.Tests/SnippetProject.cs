using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Serving.Architecture.Tests;

/// <summary>
/// Compiles the C# of the documents against the built libraries, in one generated project without packages. A block may be statements, members,
/// type declarations, or statements followed by types. It stands alone, unless its info string is <c>csharp continued</c>: then its statements
/// follow those of the block before it. The usings of <c>SnippetUsings.txt</c> are in force. Errors name the document and its line.
/// </summary>
internal static partial class SnippetProject
{
    private static readonly string[] Libraries = ["Serving.Runtime", "Serving.Providers", "Serving.Endpoints", "Microsoft.Extensions.AI", "Microsoft.OpenApi", "Microsoft.AspNetCore.OpenApi"];

    public static async Task<IReadOnlyList<string>> CompileAsync(IEnumerable<CodeBlock> blocks, CancellationToken cancellationToken)
    {
        var units = Units(blocks);
        if (units.Count == 0)
            return [];
        var folder = Directory.CreateTempSubdirectory("serving-snippets-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "Snippets.csproj"), Project(), cancellationToken);
            File.Copy(Path.Combine(AppContext.BaseDirectory, "SnippetUsings.txt"), Path.Combine(folder, "Usings.cs"));
            for (var i = 0; i < units.Count; i++)
                await File.WriteAllTextAsync(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"Block{i}.cs")), Source(units[i], i), cancellationToken);

            var (exitCode, output) = await Command.RunAsync(
                "dotnet", ["build", "--nologo", "--verbosity", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"], folder, cancellationToken);
            var errors = Error().Matches(output).Select(match => match.Value.Replace(Repository.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)).Distinct().ToList();
            return exitCode == 0 || errors.Count > 0 ? errors : [output];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<List<CodeBlock>> Units(IEnumerable<CodeBlock> blocks)
    {
        List<List<CodeBlock>> units = [];
        foreach (var block in blocks)
        {
            if (block.Info.EndsWith(" continued", StringComparison.Ordinal) && units.Count > 0 && units[^1][0].File == block.File)
                units[^1].Add(block);
            else
                units.Add([block]);
        }

        return units;
    }

    private static string Project()
    {
        var references = Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => Libraries.Any(library => Path.GetFileNameWithoutExtension(file) is var name && (name == library || name.StartsWith(library + ".", StringComparison.Ordinal))))
            .Select(file => $"""    <Reference Include="{Path.GetFileNameWithoutExtension(file)}"><HintPath>{file}</HintPath></Reference>""");
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <LangVersion>14</LangVersion>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
            {string.Join('\n', references)}
              </ItemGroup>
            </Project>
            """;
    }

    private static string Source(List<CodeBlock> unit, int number)
    {
        StringBuilder usings = new(), statements = new(), members = new(), types = new();
        foreach (var block in unit)
        {
            var lines = block.Text.TrimEnd('\n').Split('\n');
            var part = IsMember(lines) ? members : statements;
            At(part, block, 0);
            for (var i = 0; i < lines.Length; i++)
            {
                if (Using().IsMatch(lines[i]))
                {
                    At(usings, block, i).AppendLine(lines[i]);
                    At(part, block, i + 1);
                    continue;
                }

                if (part != types && TypeDeclaration().IsMatch(string.Join('\n', lines.Skip(i))))
                    At(part = types, block, i);
                part.AppendLine(lines[i]);
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $$"""
            {{usings}}
            #line default
            namespace Documents.Block{{number}}
            {
            {{types}}
            #line default
                internal sealed partial class Snippet
                {
            {{members}}
            #line default
                    private static async Task RunAsync(string[] args)
                    {
                        await Task.Yield();
            {{statements}}
            #line default
                    }
                }
            }
            """);
    }

    private static StringBuilder At(StringBuilder part, CodeBlock block, int offset) =>
        part.AppendLine(CultureInfo.InvariantCulture, $"#line {block.Line + offset} \"{block.File}\"");

    private static bool IsMember(string[] lines) =>
        lines.SkipWhile(line => line.Length == 0 || line.StartsWith('[') || line.StartsWith("//", StringComparison.Ordinal) || Using().IsMatch(line)).FirstOrDefault() is { } first
        && Member().IsMatch(first) && !TypeDeclaration().IsMatch(first);

    [GeneratedRegex(@"^using (static )?[\w.]+( = [\w.<>, ]+)?;")]
    private static partial Regex Using();

    [GeneratedRegex(@"^(public|private|protected|internal|static|override) ")]
    private static partial Regex Member();

    // Attributes and comments above a type belong to it.
    [GeneratedRegex(@"\A((\[|//).*\n)*((public|internal|file|sealed|abstract|static|partial|readonly) )*(class|record|interface|struct|enum|delegate) ")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^.*: error .*?(?= \[|$)", RegexOptions.Multiline)]
    private static partial Regex Error();
}
