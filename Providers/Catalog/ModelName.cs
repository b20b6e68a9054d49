namespace Serving.Providers.Catalog;

/// <summary>A model of a provider, written <c>provider:model</c>.</summary>
/// <param name="Provider">The provider's name in the settings, such as <c>openai</c>.</param>
/// <param name="Model">The model as the provider calls it; it may itself have colons.</param>
public readonly record struct ModelName(string Provider, string Model)
{
    /// <summary>Reads <c>provider:model</c>.</summary>
    public static bool TryParse(string? text, out ModelName name)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        name = colon > 0 && colon < text!.Length - 1 ? new ModelName(text[..colon].Trim(), text[(colon + 1)..].Trim()) : default;
        return name is { Provider.Length: > 0, Model.Length: > 0 };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Provider}:{Model}";
}
