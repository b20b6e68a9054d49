namespace Serving.Observability.Tests.Running;

/// <summary>A value of one series.</summary>
internal sealed record Sample(IReadOnlyDictionary<string, string> Labels, double Value);
