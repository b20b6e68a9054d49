using System.Text;
using System.Text.Json;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Parsers;

/// <summary>
/// Follows JSON character by character and knows at any time how to complete what has come. Following costs the same for every character;
/// each <see cref="TryGetValue"/> costs what has come so far.
/// </summary>
internal sealed class PartialJsonReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = RuntimeJson.MaxDepth };

    private readonly StringBuilder _text = new();
    private readonly Stack<char> _closers = new();
    private Expect _expect = Expect.Value;
    private bool _inKey;
    private int _token = -1;
    private int _hexDigits;
    private int _unit;
    private bool _highPending;

    // Up to here the text can be completed by closing what is open.
    private int _safe;

    private enum Expect
    {
        Value,
        ValueOrEnd,
        KeyOrEnd,
        Key,
        Colon,
        CommaOrEnd,
        String,
        Escape,
        Hex,
        Token,
        Nothing,
        Broken,
    }

    /// <summary>Whether what came cannot be the beginning of any JSON.</summary>
    public bool IsBroken => _expect == Expect.Broken;

    /// <summary>Whether a whole value has come.</summary>
    public bool IsComplete => _expect == Expect.Nothing;

    /// <summary>Grows whenever the value so far changes.</summary>
    public int Version { get; private set; }

    /// <summary>Whether a string is open.</summary>
    public bool InString => _expect is Expect.String or Expect.Escape or Expect.Hex;

    public void Add(char character)
    {
        _text.Append(character);
        if (_expect == Expect.Token && !IsTokenCharacter(character))
            EndToken();
        switch (_expect)
        {
            case Expect.String:
                StringCharacter(character);
                break;
            case Expect.Escape:
                EscapeCharacter(character);
                break;
            case Expect.Hex:
                HexCharacter(character);
                break;
            case Expect.Token or Expect.Broken:
                break;
            default:
                if (character is not (' ' or '\t' or '\r' or '\n'))
                    Structural(character);
                break;
        }
    }

    /// <summary>The value so far, completed.</summary>
    public bool TryGetValue(out JsonElement value)
    {
        value = default;
        if (IsBroken)
            return false;
        if (_expect == Expect.Token && _closers.Count == 0)
            return TryParse(_text.ToString(), out value);
        if (_safe == 0)
            return false;
        var text = new StringBuilder(_safe + _closers.Count + 1).Append(_text, 0, _safe);
        if (InString && !_inKey)
            text.Append('"');
        foreach (var closer in _closers)
            text.Append(closer);
        return TryParse(text.ToString(), out value);
    }

    private static bool TryParse(string text, out JsonElement value)
    {
        try
        {
            value = JsonElement.Parse(text, Options);
            return true;
        }
        catch (JsonException)
        {
            value = default;
            return false;
        }
    }

    private static bool IsTokenCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '+' or '-' or '.';

    private void Structural(char character)
    {
        switch (_expect)
        {
            case Expect.Value or Expect.ValueOrEnd when character is '{' or '[':
                _closers.Push(character == '{' ? '}' : ']');
                _expect = character == '{' ? Expect.KeyOrEnd : Expect.ValueOrEnd;
                Changed();
                break;
            case Expect.Value or Expect.ValueOrEnd when character == '"':
                _expect = Expect.String;
                _inKey = false;
                Changed();
                break;
            case Expect.Value or Expect.ValueOrEnd when IsTokenCharacter(character):
                _expect = Expect.Token;
                _token = _text.Length - 1;
                break;
            case Expect.Key or Expect.KeyOrEnd when character == '"':
                _expect = Expect.String;
                _inKey = true;
                break;
            case Expect.Colon when character == ':':
                _expect = Expect.Value;
                break;
            case Expect.CommaOrEnd when character == ',':
                _expect = _closers.Peek() == '}' ? Expect.Key : Expect.Value;
                break;
            case Expect.ValueOrEnd or Expect.KeyOrEnd or Expect.CommaOrEnd when _closers.Peek() == character:
                _closers.Pop();
                EndValue();
                break;
            default:
                _expect = Expect.Broken;
                break;
        }
    }

    private void StringCharacter(char character)
    {
        switch (character)
        {
            case '\\':
                _expect = Expect.Escape;
                break;
            case '"' when _highPending:
            case < ' ':
                _expect = Expect.Broken;
                break;
            case '"' when _inKey:
                _expect = Expect.Colon;
                break;
            case '"':
                EndValue();
                break;
            default:
                Unit(character);
                break;
        }
    }

    private void EscapeCharacter(char character)
    {
        if (character == 'u')
        {
            _expect = Expect.Hex;
            _hexDigits = 0;
            _unit = 0;
            return;
        }

        _expect = "\"\\/bfnrt".Contains(character, StringComparison.Ordinal) ? Expect.String : Expect.Broken;
        if (_expect == Expect.String)
            Unit(' ');
    }

    private void HexCharacter(char character)
    {
        if (!char.IsAsciiHexDigit(character))
        {
            _expect = Expect.Broken;
            return;
        }

        _unit = (_unit * 16) + (character & 0xF) + (char.IsAsciiLetter(character) ? 9 : 0);
        if (++_hexDigits < 4)
            return;
        _expect = Expect.String;
        Unit((char)_unit);
    }

    /// <summary>Takes one UTF-16 unit of a string; the first half of a pair waits for the second.</summary>
    private void Unit(char unit)
    {
        if (char.IsLowSurrogate(unit) != _highPending)
        {
            _expect = Expect.Broken;
            return;
        }

        _highPending = char.IsHighSurrogate(unit);
        if (!_highPending && !_inKey)
            Changed();
    }

    private void EndToken()
    {
        var token = _text.ToString(_token, _text.Length - 1 - _token);
        if (!TryParse(token, out _))
        {
            _expect = Expect.Broken;
            return;
        }

        EndValue();
        _safe = _text.Length - 1;
        Version++;
    }

    private void EndValue()
    {
        _expect = _closers.Count == 0 ? Expect.Nothing : Expect.CommaOrEnd;
        _safe = _text.Length;
    }

    private void Changed()
    {
        _safe = _text.Length;
        Version++;
    }
}
