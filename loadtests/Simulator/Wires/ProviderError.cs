namespace Serving.Simulator.Wires;

/// <summary>An error as a provider answers it.</summary>
internal readonly record struct ProviderError(int Status, string Body);
