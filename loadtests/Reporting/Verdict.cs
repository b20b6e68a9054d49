namespace Serving.LoadTests.Reporting;

/// <summary>What a threshold says.</summary>
internal enum Verdict
{
    Passed,

    Failed,

    /// <summary>Not met, or not to be judged in this run; it does not count.</summary>
    NotJudged,
}
