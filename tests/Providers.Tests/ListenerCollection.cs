namespace Serving.Providers.Tests;

/// <summary>Tests that listen to everything in the process, or count on nobody doing so. They run beside no other test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ListenerCollection
{
    public const string Name = "listeners";
}
