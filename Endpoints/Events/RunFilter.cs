using System.Text.Json;
using Serving.Endpoints.Handlers;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Events;

/// <summary>Which runs a client wants to hear of. Without any include, all; an exclude wins over an include.</summary>
internal sealed record RunFilter(
    IReadOnlyList<string>? IncludeNames,
    IReadOnlyList<string>? IncludeTypes,
    IReadOnlyList<string>? IncludeTags,
    IReadOnlyList<string>? ExcludeNames,
    IReadOnlyList<string>? ExcludeTypes,
    IReadOnlyList<string>? ExcludeTags)
{
    public static RunFilter Read(JsonElement body) => new(
        RequestEnvelope.ReadFilter(body, "include_names"),
        RequestEnvelope.ReadFilter(body, "include_types"),
        RequestEnvelope.ReadFilter(body, "include_tags"),
        RequestEnvelope.ReadFilter(body, "exclude_names"),
        RequestEnvelope.ReadFilter(body, "exclude_types"),
        RequestEnvelope.ReadFilter(body, "exclude_tags"));

    public bool Includes(Run run, string type)
    {
        var included = (IncludeNames is null && IncludeTypes is null && IncludeTags is null)
            || IncludeNames?.Contains(run.Name) == true
            || IncludeTypes?.Contains(type) == true
            || IncludeTags?.Any(run.Tags.Contains) == true;
        return included
            && ExcludeNames?.Contains(run.Name) != true
            && ExcludeTypes?.Contains(type) != true
            && ExcludeTags?.Any(run.Tags.Contains) != true;
    }
}
