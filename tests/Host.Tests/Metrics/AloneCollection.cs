namespace Serving.Host.Tests.Metrics;

/// <summary>Tests that look at what all hosts of a process share, so that no others may run beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;
