namespace Serving.LoadTests.Driver;

/// <summary>How requests of a rate are spread over time.</summary>
public enum Pacing
{
    /// <summary>By chance, as independent callers do (a Poisson process). The same seed gives the same times.</summary>
    Poisson,

    /// <summary>At equal distances.</summary>
    Even,
}
