using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Serving.Providers.Accounting;

/// <summary>Reads a file of prices and tells all that is wrong with it. Texts of the file that are no names are not repeated: it may be the wrong file.</summary>
internal ref struct PriceReader
{
    private const decimal Highest = 100_000;
    private const int Decimals = 6;
    private const string Fields = "input, output, cached_input, cache_write, reasoning, as_of";

    private static readonly string Indent = $"{Environment.NewLine}  ";

    private readonly ReadOnlySpan<byte> _json;
    private readonly List<string> _problems = [];
    private Utf8JsonReader _reader;

    public PriceReader(ReadOnlySpan<byte> json)
    {
        _json = json.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json;
        _reader = new Utf8JsonReader(_json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    private readonly int Line => 1 + _json[..(int)_reader.TokenStartIndex].Count((byte)'\n');

    /// <summary>Reads the file.</summary>
    /// <param name="source">What the file is called in errors.</param>
    /// <exception cref="InvalidDataException">Something is wrong with it.</exception>
    public IReadOnlyList<PriceEntry> Read(string source)
    {
        var entries = new Dictionary<string, PriceEntry>(StringComparer.OrdinalIgnoreCase);
        try
        {
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.StartObject)
                ReadEntries(entries);
            else
                _problems.Add("""The file is no JSON object. Write {"provider:model": {"input": 1.0, "output": 2.0}}.""");
            while (_reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            _problems.Add($"Line {error.LineNumber + 1} is no JSON.");
        }

        return _problems.Count == 0
            ? [.. entries.Values]
            : throw new InvalidDataException($"The prices in '{source}' cannot be used:{Indent}{string.Join(Indent, _problems)}");
    }

    private void ReadEntries(Dictionary<string, PriceEntry> entries)
    {
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var pattern = _reader.GetString() ?? "";
            var line = Line;
            if (!PriceEntry.IsPattern(pattern))
                _problems.Add($"Line {line}: '{pattern}' is no name of a model. Write provider:model, with a '*' only at the end.");
            _reader.Read();
            var price = ReadPrice(pattern);
            if (!entries.TryAdd(pattern, new PriceEntry(pattern, price)))
                _problems.Add($"Line {line}: '{pattern}' has a line already. Remove one of the two.");
        }
    }

    private ModelPrice? ReadPrice(string pattern)
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _problems.Add($"Line {Line}: '{pattern}' has no object of prices. Write {{\"input\": 1.0, \"output\": 2.0}}, or null for no price.");
            _reader.Skip();
            return null;
        }

        var start = Line;
        decimal? input = null, output = null, cached = null, written = null, reasoning = null;
        DateOnly? asOf = null;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = _reader.GetString() ?? "";
            _reader.Read();
            switch (field)
            {
                case "input":
                    input = ReadAmount(pattern, field);
                    break;
                case "output":
                    output = ReadAmount(pattern, field);
                    break;
                case "cached_input":
                    cached = ReadAmount(pattern, field);
                    break;
                case "cache_write":
                    written = ReadAmount(pattern, field);
                    break;
                case "reasoning":
                    reasoning = ReadAmount(pattern, field);
                    break;
                case "as_of":
                    asOf = ReadDate(pattern);
                    break;
                default:
                    _problems.Add($"Line {Line}: '{pattern}' has an unknown field '{field}'. There are: {Fields}.");
                    _reader.Skip();
                    break;
            }
        }

        if (input is null)
            _problems.Add($"Line {start}: '{pattern}' has no price 'input'. Give one, in dollars per million tokens.");
        if (output is null)
            _problems.Add($"Line {start}: '{pattern}' has no price 'output'. Give one, in dollars per million tokens; 0 for a model that writes no text.");
        var price = new ModelPrice(input ?? 0, output ?? 0) { AsOf = asOf };
        return price with { CachedInput = cached ?? price.Input, CacheWrite = written ?? price.Input, Reasoning = reasoning ?? price.Output };
    }

    /// <summary>An amount. A wrong one is told of and counts as 0, so that it is not told of again as missing.</summary>
    private decimal ReadAmount(string pattern, string field)
    {
        var isNumber = _reader.TokenType == JsonTokenType.Number;
        if (isNumber && _reader.TryGetDecimal(out var amount) && amount is >= 0 and <= Highest && decimal.Round(amount, Decimals) == amount)
            return amount;
        var value = isNumber ? Encoding.UTF8.GetString(_reader.ValueSpan) : "no number";
        _problems.Add(
            $"Line {Line}: '{pattern}' has {value} as its price '{field}'. Give dollars per million tokens, from 0 to {Highest} with at most {Decimals} decimals.");
        _reader.Skip();
        return 0;
    }

    private DateOnly? ReadDate(string pattern)
    {
        if (_reader.TokenType == JsonTokenType.String
            && DateOnly.TryParseExact(_reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        _problems.Add($"Line {Line}: '{pattern}' has no date as its 'as_of'. Write one such as 2026-01-31.");
        _reader.Skip();
        return null;
    }
}
