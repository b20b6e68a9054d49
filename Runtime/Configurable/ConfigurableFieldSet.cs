using Serving.Runtime.Runnables;

namespace Serving.Runtime.Configurable;

/// <summary>The fields of several runnables together.</summary>
internal static class ConfigurableFieldSet
{
    /// <summary>Each id once, in the order they occur; a field that several steps have is one setting for all of them.</summary>
    public static IReadOnlyList<ConfigurableField> Of(IEnumerable<IRunnable> runnables) =>
        [.. runnables.SelectMany(runnable => runnable.ConfigurableFields).DistinctBy(field => field.Id)];
}
