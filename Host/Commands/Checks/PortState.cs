namespace Serving.Host.Commands.Checks;

/// <summary>Whether an address can be listened on.</summary>
internal enum PortState
{
    /// <summary>It can.</summary>
    Free,

    /// <summary>Another process does.</summary>
    Taken,

    /// <summary>This process may not.</summary>
    Denied,

    /// <summary>It is not of this machine.</summary>
    Elsewhere,
}
