using System.Text;

namespace Serving.Runtime.Parsers;

/// <summary>Finds the items of a comma-separated list while it comes.</summary>
internal sealed class ListSplitter
{
    private readonly StringBuilder _item = new();
    private bool _quoted;
    private bool _wasQuoted;

    /// <summary>Takes the next characters and adds the items that are finished by them.</summary>
    public void Add(string piece, List<string> finished)
    {
        foreach (var character in piece)
        {
            switch (character)
            {
                case '"' when _quoted:
                    _quoted = false;
                    break;
                case '"' when _wasQuoted:
                    // Two quotes in a quoted item stand for one.
                    _quoted = true;
                    _item.Append(character);
                    break;
                case '"' when string.IsNullOrWhiteSpace(_item.ToString()):
                    _item.Clear();
                    _quoted = true;
                    _wasQuoted = true;
                    break;
                case ',' or '\n' or '\r' when !_quoted:
                    Finish(finished);
                    break;
                default:
                    _item.Append(character);
                    break;
            }
        }
    }

    /// <summary>Adds the last item, if there is one.</summary>
    public void Finish(List<string> finished)
    {
        var item = _item.ToString().Trim();
        if (item.Length > 0)
            finished.Add(item);
        _item.Clear();
        _quoted = false;
        _wasQuoted = false;
    }
}
