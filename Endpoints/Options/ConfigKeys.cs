namespace Serving.Endpoints.Options;

/// <summary>The keys of a config that callers may set.</summary>
[Flags]
public enum ConfigKeys
{
    /// <summary>None: callers cannot configure anything.</summary>
    None = 0,

    /// <summary><c>configurable</c>: values of the chain's configurable fields.</summary>
    Configurable = 1 << 0,

    /// <summary><c>tags</c></summary>
    Tags = 1 << 1,

    /// <summary><c>metadata</c></summary>
    Metadata = 1 << 2,

    /// <summary><c>max_concurrency</c></summary>
    MaxConcurrency = 1 << 3,

    /// <summary><c>recursion_limit</c></summary>
    RecursionLimit = 1 << 4,

    /// <summary><c>run_id</c></summary>
    RunId = 1 << 5,

    /// <summary>All of them.</summary>
    All = Configurable | Tags | Metadata | MaxConcurrency | RecursionLimit | RunId,
}
