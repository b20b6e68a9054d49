namespace Serving.Faults.Tests.Matrix;

/// <summary>How often a fault is there, and whether there is a model that stands in.</summary>
internal enum Variant
{
    Always,
    Once,
    WithNext,
}
