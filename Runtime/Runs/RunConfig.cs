using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runs;

/// <summary>The settings one call runs under. Immutable; change it with <c>with</c> or <see cref="Merge"/>.</summary>
public sealed record RunConfig
{
    /// <summary>How deep runnables chosen at run time may nest, and how often an agent may call its model, when a config does not say.</summary>
    public const int DefaultRecursionLimit = 25;

    /// <summary>No tags, no metadata, nothing configured.</summary>
    public static RunConfig Empty { get; } = new();

    /// <summary>Tags of the run and of all runs below it, in order.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Metadata of the run and of all runs below it. It shows in events, so it holds no secrets.</summary>
    public ChainValues Metadata { get; init; } = ChainValues.Empty;

    /// <summary>Values of the chain's configurable fields, by field id.</summary>
    public ChainValues Configurable { get; init; } = ChainValues.Empty;

    /// <summary>How many items of a batch, branches of a map, or tool calls of a message run at once.</summary>
    /// <value>Default null: no limit of the caller's; a server may set its own.</value>
    public int? MaxConcurrency { get; init; }

    /// <summary>How deep runnables chosen at run time may nest, and how often an agent may call its model in a run.</summary>
    /// <value>Default 25.</value>
    public int RecursionLimit { get; init; } = DefaultRecursionLimit;

    /// <summary>The name of the run that starts next; runs below it keep their own.</summary>
    public string? RunName { get; init; }

    /// <summary>The id of the run that starts next.</summary>
    public Guid? RunId { get; init; }

    /// <summary>This config with <paramref name="other"/> laid over it.</summary>
    /// <remarks>
    /// Metadata and configurable values merge by key and the later wins; tags become a sorted union; of the recursion limits the last that
    /// is not the default wins; of the rest the last that is set.
    /// </remarks>
    public RunConfig Merge(RunConfig other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(other, Empty))
            return this;
        if (ReferenceEquals(this, Empty))
            return other;
        return new RunConfig
        {
            Tags = other.Tags.Count == 0 ? Tags : [.. Tags.Concat(other.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Metadata = Metadata.With(other.Metadata),
            Configurable = Configurable.With(other.Configurable),
            MaxConcurrency = other.MaxConcurrency ?? MaxConcurrency,
            RecursionLimit = other.RecursionLimit != DefaultRecursionLimit ? other.RecursionLimit : RecursionLimit,
            RunName = other.RunName ?? RunName,
            RunId = other.RunId ?? RunId,
        };
    }
}
