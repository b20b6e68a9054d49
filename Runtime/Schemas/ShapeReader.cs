using System.Text.Json;

namespace Serving.Runtime.Schemas;

/// <summary>The state of one reading: where it is, and what was wrong so far.</summary>
internal sealed class ShapeReader
{
    private readonly List<object> _path = [];

    public List<InputError> Errors { get; private set; } = [];

    /// <summary>Whether a value was taken that is not literally of its type, such as "5" for a number.</summary>
    public bool Coerced { get; set; }

    public void Enter(object step) => _path.Add(step);

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    public bool Fail(string type, string message, JsonElement input)
    {
        Errors.Add(new InputError(type, [.. _path], message, input));
        return false;
    }

    public bool FailAt(object step, string type, string message, JsonElement input)
    {
        Errors.Add(new InputError(type, [.. _path, step], message, input));
        return false;
    }

    /// <summary>Sets the problems found so far aside, to try alternatives.</summary>
    public List<InputError> Branch()
    {
        var before = Errors;
        Errors = [];
        return before;
    }

    public void Join(List<InputError> before, bool keepNew)
    {
        if (keepNew)
            before.AddRange(Errors);
        Errors = before;
    }
}
