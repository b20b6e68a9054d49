namespace Serving.Providers.Catalog;

/// <summary>What is wrong with an option. Neither part has a key or an address in it.</summary>
/// <param name="Key">The option, such as <c>Providers:openai:MaxRetries</c>.</param>
/// <param name="Text">The rest of the sentence: value, limit and cure.</param>
public sealed record CatalogProblem(string Key, string Text)
{
    /// <summary>The sentence.</summary>
    public override string ToString() => $"{Key} {Text}";
}
