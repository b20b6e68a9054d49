using System.Text.Json;

namespace Serving.Runtime.Schemas;

/// <summary>One problem of an input. All of it reaches the client.</summary>
/// <param name="Type">A stable code, such as <c>missing</c> or <c>int_parsing</c>.</param>
/// <param name="Location">Property names and indices from the top of the value down; empty for the value itself.</param>
/// <param name="Message">What was expected there.</param>
/// <param name="Input">What was there instead.</param>
public sealed record InputError(string Type, IReadOnlyList<object> Location, string Message, JsonElement? Input);
