namespace Serving.Observability.Tests.Running;

/// <summary>A rule as Prometheus tells of it.</summary>
/// <param name="Health"><c>ok</c>, <c>err</c>, or <c>unknown</c> before its first evaluation.</param>
internal sealed record LoadedRule(string Name, string Query, bool IsAlert, string Health);
