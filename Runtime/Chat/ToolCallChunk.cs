using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Parsers;

namespace Serving.Runtime.Chat;

/// <summary>A piece of a tool call, as models stream them: pieces of one index belong together, their arguments concatenate.</summary>
public sealed class ToolCallChunk : AIContent
{
    /// <summary>The tool's name; usually in the first piece only.</summary>
    public string? Name { get; init; }

    /// <summary>A piece of the JSON text of the arguments.</summary>
    public string? Arguments { get; init; }

    /// <summary>The id of the call; usually in the first piece only.</summary>
    public string? CallId { get; init; }

    /// <summary>Which call of the message this is, from 0.</summary>
    public int? Index { get; init; }

    /// <summary>Whether the other piece is of the same call.</summary>
    internal bool SameCall(ToolCallChunk next) => Index is not null ? next.Index == Index : next.CallId is not null && next.CallId == CallId;

    /// <summary>The call this is, as far as its arguments have come; null if its name has not.</summary>
    internal FunctionCallContent? ToCall() => Name is null
        ? null
        : new FunctionCallContent(
            CallId ?? "",
            Name,
            PartialJson.TryParse(Arguments ?? "", out var arguments) && arguments.ValueKind == JsonValueKind.Object
                ? ReadArguments(arguments)
                : null);

    /// <summary>
    /// The call this is, nothing of it being still to come. If its arguments are no JSON object, it has none, their text as its raw form, and an
    /// exception that says so.
    /// </summary>
    internal FunctionCallContent ToWholeCall()
    {
        var call = new FunctionCallContent(CallId ?? "", Name ?? "");
        try
        {
            var json = JsonElement.Parse(string.IsNullOrWhiteSpace(Arguments) ? "{}" : Arguments);
            call.Arguments = json.ValueKind == JsonValueKind.Object
                ? ReadArguments(json)
                : throw new JsonException("The arguments of a tool call are no JSON object.");
        }
        catch (JsonException error)
        {
            call.Exception = error;
            call.RawRepresentation = Arguments;
        }

        return call;
    }

    /// <summary>The arguments in an object; of a repeated name the last counts.</summary>
    internal static Dictionary<string, object?> ReadArguments(JsonElement json)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var item in json.EnumerateObject())
            arguments[item.Name] = item.Value;
        return arguments;
    }

    internal ToolCallChunk Add(ToolCallChunk next) => new()
    {
        Name = Name ?? next.Name,
        Arguments = Arguments + next.Arguments,
        CallId = CallId ?? next.CallId,
        Index = Index,
    };
}
