namespace Serving.Faults.Tests.Matrix;

/// <summary>What is at a model's address.</summary>
internal enum Server
{
    Simulator,

    /// <summary>The simulator behind a certificate that nobody trusts.</summary>
    SelfSigned,

    /// <summary>A host without an address.</summary>
    Nameless,

    /// <summary>A port where nobody listens.</summary>
    Closed,
}
