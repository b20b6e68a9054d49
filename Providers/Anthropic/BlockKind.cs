namespace Serving.Providers.Anthropic;

/// <summary>What a block or a piece of one is.</summary>
internal enum BlockKind
{
    Other,
    Text,
    Thinking,
    RedactedThinking,
    ToolUse,
    ToolInput,
}
