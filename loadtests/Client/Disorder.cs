namespace Serving.LoadTests.Client;

/// <summary>The first thing that is wrong with the order of a stream's pieces.</summary>
public enum Disorder
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A later piece came, or the end, before this one.</summary>
    Lost,

    /// <summary>The last piece came again.</summary>
    Duplicated,

    /// <summary>A piece came after a later one.</summary>
    Reordered,

    /// <summary>Several pieces came as one.</summary>
    Merged,

    /// <summary>A piece carries no number.</summary>
    Spoilt,
}
