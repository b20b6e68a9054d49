using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Serving.Host.Telemetry;

/// <summary>
/// The last line of defence of logs: replaces keys that the host knows, and what looks like one, in the finished line. Nothing that is logged should have any.
/// A line without a sign of one costs a single search. Thread-safe.
/// </summary>
internal sealed partial class Redactor
{
    private const string Mask = "***";

    // A shorter text would black out words that are no secrets.
    private const int ShortestKey = 8;

    private static readonly string[] Patterns = ["bearer", "authorization", "api-key", "api_key", "apikey", "sk-", "://"];

    private readonly Lock _adding = new();
    private volatile Known _known = new([], SearchValues.Create(Patterns, StringComparison.OrdinalIgnoreCase));

    /// <summary>Takes note of a key. Those of fewer than 8 characters are not hidden.</summary>
    public void Add(string? key)
    {
        if (key?.Trim() is not { Length: >= ShortestKey } secret)
            return;
        lock (_adding)
        {
            if (_known.Keys.Contains(secret, StringComparer.Ordinal))
                return;
            // As it is, and as it stands in JSON.
            string[] keys = [.. _known.Keys.Append(secret).Append(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret)).Distinct(StringComparer.Ordinal).OrderByDescending(known => known.Length)];
            _known = new Known(keys, SearchValues.Create([.. Patterns, .. keys], StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Writes a text without its secrets.</summary>
    public void Write(ReadOnlySpan<char> text, TextWriter output)
    {
        if (text.IndexOfAny(_known.Signs) < 0)
            output.Write(text);
        else
            output.Write(Redact(text.ToString()));
    }

    /// <summary>A text of UTF-8 without its secrets; itself, if it has none.</summary>
    public ReadOnlySpan<byte> Redact(ReadOnlySpan<byte> text)
    {
        var letters = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            var count = Encoding.UTF8.GetChars(text, letters);
            return letters.AsSpan(0, count).IndexOfAny(_known.Signs) < 0 ? text : Encoding.UTF8.GetBytes(Redact(new string(letters, 0, count)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(letters);
        }
    }

    private string Redact(string text)
    {
        foreach (var key in _known.Keys)
            text = text.Replace(key, Mask, StringComparison.Ordinal);
        return Secret().Replace(text, "${keep}" + Mask);
    }

    // What is named as a key or is sent as one, what begins as keys of providers do, and the user of an address.
    [GeneratedRegex(
        """(?<keep>\bbearer\s+|(authorization|api[-_]?key)\\?["']?\s*[:=,]\s*\\?["']?((bearer|basic)\s+)?)[^\s"'\\,;&<>(){}\[\]]{6,}|(?<keep>(?<![A-Za-z0-9])sk-)[A-Za-z0-9_-]{8,}|(?<keep>://)[^/\s:@"\\]*:[^/\s@"\\]+(?=@)""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();

    // No record: its text would have the keys.
    private sealed class Known(string[] keys, SearchValues<string> signs)
    {
        public string[] Keys => keys;

        public SearchValues<string> Signs => signs;
    }
}
