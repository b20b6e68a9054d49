namespace Serving.Providers.Wire;

/// <summary>Which model of which provider is spoken of.</summary>
internal readonly record struct Origin(string Provider, string Model)
{
    /// <summary>Within a sentence.</summary>
    public string Lower => $"model '{Model}' of provider '{Provider}'";

    public override string ToString() => $"Model '{Model}' of provider '{Provider}'";
}
