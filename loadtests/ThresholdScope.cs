namespace Serving.LoadTests;

/// <summary>Which thresholds decide about success.</summary>
internal enum ThresholdScope
{
    /// <summary>All.</summary>
    All,

    /// <summary>Only what does not depend on how fast the machine is.</summary>
    Counts,

    /// <summary>None; they are told all the same.</summary>
    None,
}
