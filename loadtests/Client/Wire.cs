namespace Serving.LoadTests.Client;

/// <summary>How a kind of server is asked, and how its answers are read. Wires keep nothing between calls: one serves all threads.</summary>
public abstract class Wire
{
    /// <summary>Reads a whole answer of status 200.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="failures">The statuses of a batch's failed inputs.</param>
    /// <returns>Null if it is as it must be, but for failed inputs; else what is wrong, for people.</returns>
    public abstract string? Check(LoadRequest request, ReadOnlySpan<byte> body, out IReadOnlyList<int> failures);

    /// <summary>Reads an event of a stream.</summary>
    /// <param name="name">Its name; empty if it has none.</param>
    /// <param name="data">Its data.</param>
    /// <param name="text">The text of a piece, as it stands in the JSON.</param>
    /// <param name="status">The status that an error tells; 0 if it tells none.</param>
    public abstract EventKind Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text, out int status);
}
