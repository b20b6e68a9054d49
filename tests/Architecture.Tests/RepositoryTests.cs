using System.Text.Json;

namespace Serving.Architecture.Tests;

/// <summary>What the documents promise holds: commands are shown, links lead somewhere, code is valid.</summary>
public sealed class RepositoryTests
{
    private static IEnumerable<Markdown> AllDocuments => Repository.Files(".", "*.md").Select(Markdown.Read);

    private static IEnumerable<CodeBlock> PublishedBlocks =>
        new[] { Repository.PathOf("README.md") }.Where(File.Exists).Concat(Repository.Files("docs", "*.md")).SelectMany(file => Markdown.Read(file).Blocks);

    [Theory]
    [InlineData("dotnet run --project Host")]
    [InlineData("dotnet test")]
    public void Readme_Commands_AreShown(string command)
    {
        Assert.Contains(command, File.ReadAllText(Repository.PathOf("README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_Links_LeadToFilesAndHeadings()
    {
        var broken = AllDocuments.SelectMany(document => document.Links
            .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal) && !Resolves(document, link))
            .Select(link => $"{Repository.Relative(document.File)}: {link}"));

        Verdict.None(broken);
    }

    [Fact]
    public async Task CSharpBlocks_Compiled_HaveNoErrors()
    {
        var errors = await SnippetProject.CompileAsync(PublishedBlocks.Where(block => block.Language is "CSHARP" or "CS"), TestContext.Current.CancellationToken);

        Verdict.None(errors);
    }

    [Fact]
    public async Task PythonBlocks_Compiled_HaveNoErrors() =>
        await AssertAcceptedAsync("python3", ["-m", "py_compile"], ".py", "PYTHON", "PY");

    [Fact]
    public async Task JavaScriptBlocks_Checked_HaveNoErrors() =>
        await AssertAcceptedAsync("node", ["--check"], ".mjs", "JAVASCRIPT", "JS");

    [Fact]
    public async Task ShellBlocks_Checked_HaveNoErrors() =>
        await AssertAcceptedAsync("bash", ["-n"], ".sh", "BASH", "SH", "SHELL");

    [Fact]
    public void JsonBlocks_Parsed_AreJson()
    {
        var errors = PublishedBlocks.Where(block => block.Language == "JSON").Select(JsonError).OfType<string>();

        Verdict.None(errors);
    }

    private static async Task AssertAcceptedAsync(string tool, string[] arguments, string extension, params string[] languages)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        Assert.SkipWhen(await Command.IsMissingAsync(tool, cancellationToken), $"'{tool}' is not on the PATH; it must be where CI=true.");
        var folder = Directory.CreateTempSubdirectory("serving-docs-").FullName;
        try
        {
            List<string> errors = [];
            foreach (var block in PublishedBlocks.Where(block => languages.Contains(block.Language, StringComparer.Ordinal)))
            {
                var file = Path.Combine(folder, "block" + extension);
                await File.WriteAllTextAsync(file, block.Text, cancellationToken);
                var (exitCode, output) = await Command.RunAsync(tool, [.. arguments, file], folder, cancellationToken);
                if (exitCode != 0)
                    errors.Add($"{block}: {output}");
            }

            Verdict.None(errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Resolves(Markdown document, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? document.File : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document.File)!, Uri.UnescapeDataString(parts[0]))); // a file has a folder
        if (!File.Exists(target))
            return parts.Length == 1 && Directory.Exists(target);
        return parts.Length == 1 || !target.EndsWith(".md", StringComparison.Ordinal) || Markdown.Read(target).Anchors.Contains(parts[1]);
    }

    private static string? JsonError(CodeBlock block)
    {
        try
        {
            JsonDocument.Parse(block.Text).Dispose();
            return null;
        }
        catch (JsonException error)
        {
            return $"{block}: {error.Message}";
        }
    }
}
