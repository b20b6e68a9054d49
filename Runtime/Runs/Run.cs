using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runs;

/// <summary>One execution of one runnable, as observers see it. Exists only while somebody observes.</summary>
public sealed class Run
{
    internal Run(Guid id, Run? parent, string name, RunType type, IReadOnlyList<string> tags, ChainValues metadata, DateTimeOffset startTime)
    {
        Id = id;
        Parent = parent;
        Name = name;
        Type = type;
        Tags = tags;
        Metadata = metadata;
        StartTime = startTime;
    }

    /// <summary>The run's id, unique over all runs.</summary>
    public Guid Id { get; }

    /// <summary>The run this one was started from; null for the root.</summary>
    public Run? Parent { get; }

    /// <summary>The name given by the config, else the runnable's.</summary>
    public string Name { get; }

    /// <summary>What kind of step runs.</summary>
    public RunType Type { get; }

    /// <summary>The place in its parent (<c>seq:step:2</c>, <c>map:key:docs</c>) first, then the tags of the config.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>Metadata of the config, and what the runnable adds about itself.</summary>
    public ChainValues Metadata { get; }

    /// <summary>When the run was created, by the context's clock.</summary>
    public DateTimeOffset StartTime { get; }

    /// <summary>The ids of the runs above this one, the root first.</summary>
    public IReadOnlyList<Guid> ParentIds
    {
        get
        {
            var ids = new List<Guid>();
            for (var run = Parent; run is not null; run = run.Parent)
                ids.Add(run.Id);
            ids.Reverse();
            return ids;
        }
    }
}
