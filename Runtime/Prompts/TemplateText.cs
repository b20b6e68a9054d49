using Serving.Runtime.Errors;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Prompts;

/// <summary>A text with variables in braces, parsed once into literal and variable segments.</summary>
internal sealed class TemplateText
{
    private readonly Segment[] _segments;

    private TemplateText(string source, Segment[] segments)
    {
        Source = source;
        _segments = segments;
        Variables = [.. segments.Where(segment => segment.IsVariable).Select(segment => segment.Text).Distinct(StringComparer.Ordinal)];
    }

    public string Source { get; }

    /// <summary>Each variable once, in the order of first use.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <exception cref="InvalidInputException">A brace without its partner, or a name that is none; the message says where.</exception>
    public static TemplateText Parse(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var segments = new List<Segment>();
        var literal = new System.Text.StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var character = template[i];
            if (character is not ('{' or '}'))
            {
                literal.Append(character);
                continue;
            }

            if (i + 1 < template.Length && template[i + 1] == character)
            {
                literal.Append(character);
                i++;
                continue;
            }

            if (character == '}')
                throw Malformed(i, "'}' closes nothing");
            var end = template.IndexOfAny(['{', '}'], i + 1);
            if (end < 0 || template[end] == '{')
                throw Malformed(i, "'{' is not closed");
            var name = template[(i + 1)..end];
            if (!IsName(name))
                throw Malformed(i, "between '{' and '}' stands no variable name (letters, digits and '_', not beginning with a digit)");
            if (literal.Length > 0)
                segments.Add(new Segment(literal.ToString(), IsVariable: false));
            literal.Clear();
            segments.Add(new Segment(name, IsVariable: true));
            i = end;
        }

        if (literal.Length > 0)
            segments.Add(new Segment(literal.ToString(), IsVariable: false));
        return new TemplateText(template, [.. segments]);
    }

    /// <summary>The text with the values in place. All variables must be there. Gives an empty text once the budget is overdrawn.</summary>
    public string Format(ChainValues values, ref PromptBudget budget)
    {
        var parts = new string[_segments.Length];
        var length = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            var segment = _segments[i];
            parts[i] = segment.IsVariable ? PromptText.Of(values[segment.Text]) : segment.Text;
            length += parts[i].Length;
        }

        if (!budget.Take(length))
            return "";
        return parts.Length == 1 ? parts[0] : string.Concat(parts);
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(character => character == '_' || char.IsLetterOrDigit(character));

    private static InvalidInputException Malformed(int index, string problem) =>
        new($"The prompt template is malformed at character {index + 1}: {problem}. Write '{{{{' and '}}}}' for literal braces.");

    private readonly record struct Segment(string Text, bool IsVariable);
}
