using Microsoft.AspNetCore.Routing.Patterns;

namespace Serving.Endpoints.Hosting;

/// <summary>One mapped endpoint of a chain.</summary>
internal sealed record ServedEndpoint(ChainMetadata Metadata, RoutePattern Pattern, string Method)
{
    /// <summary>The path with its groups, parameters without their constraints: the form OpenAPI has.</summary>
    public string Path { get; } = "/" + string.Join('/', Pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(TextOf))));

    private static string TextOf(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };
}
