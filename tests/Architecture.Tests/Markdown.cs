using System.Globalization;
using System.Text.RegularExpressions;

namespace Serving.Architecture.Tests;

/// <summary>A fenced block of code.</summary>
/// <param name="Info">What stands after the opening fence, such as <c>csharp continued</c>.</param>
/// <param name="Line">The line of its first line of code, from 1.</param>
internal sealed record CodeBlock(string File, string Info, int Line, string Text)
{
    public string Language => Info.Split(' ')[0].ToUpperInvariant();

    public override string ToString() => $"{Repository.Relative(File)}:{Line.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>What these tests read of a Markdown file: its code, its links, and the anchors others may link to.</summary>
internal sealed partial class Markdown
{
    private Markdown(string file, IReadOnlyList<CodeBlock> blocks, IReadOnlyList<string> prose)
    {
        File = file;
        Blocks = blocks;
        var text = InlineCode().Replace(string.Join('\n', prose), "");
        Links = [.. Link().Matches(text).Select(match => match.Groups[1].Value)];
        Anchors = FindAnchors(prose);
    }

    public string File { get; }

    public IReadOnlyList<CodeBlock> Blocks { get; }

    public IReadOnlyList<string> Links { get; }

    public IReadOnlySet<string> Anchors { get; }

    public static Markdown Read(string file)
    {
        List<CodeBlock> blocks = [];
        List<string> prose = [];
        List<string>? code = null;
        var (fence, info, start, number) = ("", "", 0, 0);
        foreach (var line in System.IO.File.ReadLines(file))
        {
            number++;
            var match = Fence().Match(line);
            if (code is null && match.Success)
                (code, fence, info, start) = ([], match.Groups[1].Value, match.Groups[2].Value.Trim(), number + 1);
            else if (code is not null && match.Success && match.Groups[1].Value.StartsWith(fence, StringComparison.Ordinal) && match.Groups[2].Value.Trim().Length == 0)
                (blocks, code) = ([.. blocks, new CodeBlock(file, info, start, string.Join('\n', code) + "\n")], null);
            else
                (code ?? prose).Add(line);
        }

        return code is null ? new Markdown(file, blocks, prose) : throw new InvalidDataException($"{Repository.Relative(file)}: the block of code at line {start} is not closed.");
    }

    private static HashSet<string> FindAnchors(IEnumerable<string> prose)
    {
        HashSet<string> anchors = new(StringComparer.Ordinal);
        foreach (var heading in prose.Select(line => Heading().Match(line)).Where(match => match.Success))
        {
            var slug = NotInSlugs().Replace(LinkText().Replace(heading.Groups[1].Value, "$1").Trim(), "").Replace(' ', '-').ToLower(CultureInfo.InvariantCulture);
            for (var (name, repeated) = (slug, 1); !anchors.Add(name); repeated++)
                name = $"{slug}-{repeated.ToString(CultureInfo.InvariantCulture)}";
        }

        return anchors;
    }

    [GeneratedRegex("^ {0,3}(```+|~~~+)(.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)(?: ""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex("^#{1,6} +(.+?)#* *$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex NotInSlugs();
}
