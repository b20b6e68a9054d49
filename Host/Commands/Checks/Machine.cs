using System.Net;

namespace Serving.Host.Commands.Checks;

/// <summary>What the machine, or the container, says of itself.</summary>
internal sealed record Machine
{
    /// <summary>Its clock.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>The most memory that the runtime may use, in bytes: three quarters of a container's limit, else the machine's.</summary>
    public long Memory { get; init; } = long.MaxValue;

    /// <summary>The most files that may be open; sockets are files.</summary>
    public long Files { get; init; } = long.MaxValue;

    /// <summary>Whether a Kubernetes has started the process.</summary>
    public bool IsInCluster { get; init; }

    /// <summary>How many certificates of authorities there are to trust.</summary>
    public int Certificates { get; init; }

    /// <summary>What keeps an address from being listened on; null if nothing does.</summary>
    public Func<IPEndPoint, PortState> Listen { get; init; } = _ => PortState.Free;

    /// <summary>Who may do what with a file, other than its owner and group; null where nobody knows.</summary>
    public Func<string, bool?> IsOpenToAll { get; init; } = _ => null;
}
