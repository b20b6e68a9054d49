using System.Text;
using System.Text.Json;
using Serving.Runtime.Errors;

namespace Serving.Runtime.Parsers;

/// <summary>
/// Finds the JSON in a model's answer while it comes: the answer itself, or what stands in its first Markdown code fence.
/// What follows the fence does not count.
/// </summary>
internal sealed class JsonAnswer
{
    private readonly StringBuilder _all = new();
    private readonly PartialJsonReader _json = new();
    private State _state = State.Start;
    private bool _fenced;
    private int _ticks;

    private enum State
    {
        Start,
        Prose,
        FenceTag,
        Json,
    }

    /// <summary>Grows whenever the value so far changes.</summary>
    public int Version => _json.Version;

    public void Add(string piece)
    {
        _all.Append(piece);
        foreach (var character in piece)
            Add(character);
    }

    public bool TryGetValue(out JsonElement value) => _json.TryGetValue(out value);

    /// <summary>The value of the whole answer.</summary>
    /// <exception cref="OutputParserException">It is not JSON.</exception>
    public JsonElement Complete()
    {
        var complete = _json;
        if (_state is State.Start or State.Prose)
        {
            // Neither a fence nor a bracket: the answer may still be a bare word such as true.
            complete = new PartialJsonReader();
            foreach (var character in _all.ToString())
                complete.Add(character);
        }

        // A token at the very end, such as a number, is over when the answer is.
        complete.Add('\n');
        if (complete.IsComplete && complete.TryGetValue(out var value))
            return value;
        throw new OutputParserException(
            _all.Length == 0 ? "The model's answer is empty; JSON was expected." : "The model's answer is not valid JSON.",
            _all.ToString());
    }

    private void Add(char character)
    {
        switch (_state)
        {
            case State.Start when char.IsWhiteSpace(character) || character == '\uFEFF':
                break;
            case State.Start when character is '{' or '[' or '"' or '-' || char.IsAsciiDigit(character):
                _state = State.Json;
                _json.Add(character);
                break;
            case State.Start or State.Prose:
                _state = State.Prose;
                _ticks = character == '`' ? _ticks + 1 : 0;
                if (_ticks == 3)
                    _state = State.FenceTag;
                break;
            case State.FenceTag when char.IsAsciiLetter(character):
                break;
            case State.FenceTag:
                _fenced = true;
                _state = State.Json;
                _json.Add(character);
                break;
            case State.Json when !(_fenced && _json.IsComplete):
                // The fence's end also ends a bare token before it.
                _json.Add(_fenced && character == '`' && !_json.InString ? '\n' : character);
                break;
        }
    }
}
