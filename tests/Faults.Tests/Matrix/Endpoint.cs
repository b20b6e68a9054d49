namespace Serving.Faults.Tests.Matrix;

/// <summary>How a chain is called.</summary>
internal enum Endpoint
{
    Invoke,
    Batch,
    Stream,
    StreamEvents,
}
