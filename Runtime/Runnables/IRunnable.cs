using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>The erased rim of a runnable: what can be said of it without its type arguments.</summary>
public interface IRunnable
{
    /// <summary>The name its runs carry.</summary>
    string Name { get; }

    /// <summary>The kind its runs have.</summary>
    RunType RunType { get; }

    /// <summary>The type it takes.</summary>
    Type InputType { get; }

    /// <summary>The type it gives.</summary>
    Type OutputType { get; }

    /// <summary>Calls the visitor with both type arguments recovered.</summary>
    TResult Accept<TResult>(IRunnableVisitor<TResult> visitor);

    /// <summary>What JSON it takes under a config: configured values may change it.</summary>
    JsonShape GetInputShape(RunConfig config);

    /// <summary>What JSON it gives under a config.</summary>
    JsonShape GetOutputShape(RunConfig config);

    /// <summary>The configurable fields of it and of everything inside it; an id occurs once.</summary>
    IReadOnlyList<ConfigurableField> ConfigurableFields { get; }
}
