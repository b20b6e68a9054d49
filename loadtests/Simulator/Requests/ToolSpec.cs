using System.Text.Json;

namespace Serving.Simulator.Requests;

/// <summary>A tool that may be called.</summary>
internal sealed record ToolSpec(string Name, JsonElement? Schema);
