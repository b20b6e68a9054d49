namespace Serving.Simulator.Answers;

/// <summary>A tool call of an answer. Names and arguments are escaped as the inside of a JSON string.</summary>
/// <param name="Id">Unescaped and safe, without the wire's prefix.</param>
/// <param name="Json">The arguments as JSON.</param>
/// <param name="Pieces">The same, escaped and cut.</param>
internal sealed record ToolCall(string Id, string Name, string Json, IReadOnlyList<string> Pieces);
