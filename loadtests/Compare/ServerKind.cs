namespace Serving.LoadTests.Compare;

/// <summary>What is compared.</summary>
internal enum ServerKind
{
    /// <summary>The host as it ships, in front of the simulator.</summary>
    Host,

    /// <summary>nginx as a plain proxy in front of the simulator.</summary>
    Nginx,

    /// <summary>The gateway of npm in front of the simulator.</summary>
    Gateway,

    /// <summary>Kestrel and HttpClient with nothing between them, in front of the simulator.</summary>
    Relay,

    /// <summary>The simulator itself.</summary>
    Direct,

    /// <summary>The host as it ships, with an echo chain.</summary>
    EchoHost,

    /// <summary>A minimal API that takes and gives the bytes of an echo chain.</summary>
    Bare,
}
