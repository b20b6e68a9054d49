namespace Serving.Host.Commands.Checks;

/// <summary>One thing that a check has found.</summary>
/// <param name="Outcome">How bad it is.</param>
/// <param name="Text">A sentence with the thing, its value and the limit. Never a key.</param>
/// <param name="Cure">What to do; null where the sentence says it, or nothing is to be done.</param>
internal sealed record Finding(Outcome Outcome, string Text, string? Cure = null)
{
    public static Finding Pass(string text) => new(Outcome.Pass, text);

    public static Finding Warn(string text, string? cure = null) => new(Outcome.Warn, text, cure);

    public static Finding Fail(string text, string? cure = null) => new(Outcome.Fail, text, cure);
}
