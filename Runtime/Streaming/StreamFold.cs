using System.Text;
using Serving.Runtime.Chat;

namespace Serving.Runtime.Streaming;

/// <summary>
/// Gathers the pieces of a stream into the value that invoking would have given. Strings concatenate, messages and named values add,
/// lists append; of anything else the last piece is the value. Not thread-safe.
/// </summary>
/// <typeparam name="T">The type of the pieces and of their sum.</typeparam>
public sealed class StreamFold<T>
{
    private T? _value;
    private StringBuilder? _text;
    private List<AssistantMessage>? _messages;

    /// <summary>How many pieces came.</summary>
    public int Count { get; private set; }

    /// <summary>The sum so far; default if nothing came.</summary>
    public T? Value
    {
        get
        {
            if (_text is not null)
            {
                _value = (T)(object)_text.ToString();
                _text = null;
            }
            else if (_messages is not null)
            {
                _value = (T)(object)AssistantMessage.Concat(_messages);
                _messages = null;
            }

            return _value;
        }
    }

    /// <summary>Takes the next piece.</summary>
    public void Add(T piece)
    {
        if (Count++ == 0)
        {
            _value = piece;
            return;
        }

        // Texts and messages come in many small pieces: gather them and add once.
        if (piece is string text && (_text is not null || _value is string))
        {
            _text ??= new StringBuilder((string)(object)_value!);
            _text.Append(text);
            return;
        }

        if (piece is AssistantMessage message && (_messages is not null || _value is AssistantMessage))
        {
            _messages ??= [(AssistantMessage)(object)_value!];
            _messages.Add(message);
            return;
        }

        if (typeof(T).IsValueType)
        {
            _value = piece;
            return;
        }

        _value = Pieces.Add(Value, piece) is T sum ? sum : piece;
    }
}
