namespace Serving.LoadTests.Reporting;

/// <summary>A threshold, and what came of it.</summary>
/// <param name="Name">What has to hold.</param>
/// <param name="Actual">What was.</param>
internal sealed record CheckResult(string Name, string Actual, Verdict Verdict);
