namespace Serving.Runtime.Prompts;

/// <summary>Counts the characters of a prompt while it is made. Once it is too long its texts are no longer built, only counted.</summary>
internal struct PromptBudget(int limit)
{
    private long _length;

    /// <summary>Counts a text; false if the prompt is too long with it.</summary>
    public bool Take(long length)
    {
        _length += length;
        return _length <= limit;
    }

    public readonly void Check() => PromptLimits.Check(_length, limit);
}
