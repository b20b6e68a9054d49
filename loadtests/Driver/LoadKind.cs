namespace Serving.LoadTests.Driver;

/// <summary>What a load simulation does with its amount.</summary>
public enum LoadKind
{
    /// <summary>So many requests a second, whether or not answers come.</summary>
    Inject,

    /// <summary>The same, from the amount of the simulation before, or 0, evenly to this one.</summary>
    RampingInject,

    /// <summary>So many copies, each of which sends its next request when it has its answer.</summary>
    KeepConstant,

    /// <summary>The same, from the copies of the simulation before, or 0, evenly to these.</summary>
    RampingConstant,

    /// <summary>Nothing.</summary>
    Pause,
}
