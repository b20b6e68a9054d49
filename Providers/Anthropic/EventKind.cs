namespace Serving.Providers.Anthropic;

/// <summary>What an event of a stream tells.</summary>
internal enum EventKind
{
    Other,
    MessageStart,
    BlockStart,
    BlockDelta,
    MessageDelta,
    MessageStop,
    Error,
}
