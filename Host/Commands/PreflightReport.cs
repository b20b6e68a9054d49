using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serving.Host.Commands.Checks;

namespace Serving.Host.Commands;

/// <summary>Tells findings: lines for people, or a JSON array for pipelines.</summary>
internal static class PreflightReport
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    public static Task WriteAsync(TextWriter output, IReadOnlyList<(string Check, Finding Finding)> findings, bool asJson) =>
        output.WriteLineAsync(asJson ? JsonOf(findings) : TextOf(findings));

    private static string TextOf(IReadOnlyList<(string Check, Finding Finding)> findings)
    {
        var width = findings.Max(found => found.Check.Length);
        var text = new StringBuilder();
        foreach (var (check, finding) in findings)
        {
            text.Append(Word(finding.Outcome)).Append("  ").Append(check.PadRight(width)).Append("  ").Append(finding.Text).Append('\n');
            if (finding.Cure is not null)
                text.Append(' ', Word(finding.Outcome).Length + width + 4).Append(finding.Cure).Append('\n');
        }

        return text.Append('\n').Append(string.Join(", ", Enum.GetValues<Outcome>().Select(outcome => $"{findings.Count(found => found.Finding.Outcome == outcome)} {Word(outcome)}"))).ToString();
    }

    private static string JsonOf(IReadOnlyList<(string Check, Finding Finding)> findings)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Json))
        {
            writer.WriteStartArray();
            foreach (var (check, finding) in findings)
            {
                writer.WriteStartObject();
                writer.WriteString("outcome"u8, Word(finding.Outcome));
                writer.WriteString("check"u8, check);
                writer.WriteString("text"u8, finding.Text);
                writer.WriteString("cure"u8, finding.Cure);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Word(Outcome outcome) => outcome.ToString().ToUpperInvariant();
}
