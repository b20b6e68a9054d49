namespace Serving.Endpoints.Options;

/// <summary>The endpoints a chain can have.</summary>
[Flags]
public enum ChainEndpoints
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>POST /invoke</c></summary>
    Invoke = 1 << 0,

    /// <summary><c>POST /batch</c></summary>
    Batch = 1 << 1,

    /// <summary><c>POST /stream</c></summary>
    Stream = 1 << 2,

    /// <summary><c>POST /stream_log</c></summary>
    StreamLog = 1 << 3,

    /// <summary><c>POST /stream_events</c></summary>
    StreamEvents = 1 << 4,

    /// <summary><c>GET /input_schema</c></summary>
    InputSchema = 1 << 5,

    /// <summary><c>GET /output_schema</c></summary>
    OutputSchema = 1 << 6,

    /// <summary><c>GET /config_schema</c></summary>
    ConfigSchema = 1 << 7,

    /// <summary>Every enabled endpoint again under <c>/c/{config_hash}</c>.</summary>
    ConfigHashes = 1 << 8,

    /// <summary>All of them.</summary>
    All = Invoke | Batch | Stream | StreamLog | StreamEvents | InputSchema | OutputSchema | ConfigSchema | ConfigHashes,
}
