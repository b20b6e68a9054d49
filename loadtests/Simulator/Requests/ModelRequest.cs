using System.Text.Json;

namespace Serving.Simulator.Requests;

/// <summary>What the simulator wants to know of a request of any wire. Prompts are counted, not kept.</summary>
internal sealed record ModelRequest
{
    public string? Model { get; set; }

    public bool IsStream { get; set; }

    /// <summary>The raw value of <c>stream_options</c>; null if the request has none.</summary>
    public string? StreamOptions { get; set; }

    public bool IncludesUsage { get; set; }

    /// <summary><c>max_tokens</c>.</summary>
    public int? MaxTokens { get; set; }

    /// <summary><c>max_completion_tokens</c>.</summary>
    public int? MaxCompletionTokens { get; set; }

    public List<string> Stop { get; } = [];

    public List<ToolSpec> Tools { get; } = [];

    /// <summary>Whether a tool has to be called.</summary>
    public bool MustCallTool { get; set; }

    /// <summary>Whether no tool may be called.</summary>
    public bool MayNotCallTool { get; set; }

    /// <summary>The one tool that has to be called.</summary>
    public string? ChosenTool { get; set; }

    /// <summary>Whether the answer has to be JSON.</summary>
    public bool WantsJson { get; set; }

    /// <summary>The schema of that JSON.</summary>
    public JsonElement? ResponseSchema { get; set; }

    public int Messages { get; set; }

    /// <summary>Runs of characters other than white space in all texts of all messages.</summary>
    public int PromptWords { get; set; }

    /// <summary>How often tools have answered, parallel calls counted once.</summary>
    public int ToolRounds { get; set; }

    /// <summary>What to embed: a hash of each text or list of tokens.</summary>
    public List<ulong> Inputs { get; } = [];

    public int? Dimensions { get; set; }

    public bool WantsBase64 { get; set; }
}
