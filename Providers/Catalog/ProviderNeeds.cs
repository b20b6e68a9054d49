namespace Serving.Providers.Catalog;

/// <summary>What a provider lacks before it can be called. Those that nobody calls may lack it.</summary>
internal static class ProviderNeeds
{
    public static IEnumerable<CatalogProblem> Of(string name, ProviderOptions provider)
    {
        var path = $"Providers:{name}";
        if (provider.Client is not null)
            return [];
        return provider.Deployments.Count == 0
            ? OfWay(path, name, provider.Kind, provider.BaseUrl, provider.ApiKey)
            : provider.Deployments.SelectMany((way, i) => OfWay($"{path}:Deployments:{i}", name, provider.Kind, way.BaseUrl ?? provider.BaseUrl, way.ApiKey ?? provider.ApiKey));
    }

    private static IEnumerable<CatalogProblem> OfWay(string path, string name, ProviderKind kind, Uri? baseUrl, ApiKey? key)
    {
        if (baseUrl is null && kind is ProviderKind.AzureOpenAi or ProviderKind.Compatible)
            yield return new CatalogProblem($"{path}:BaseUrl", $"is not set; provider '{name}' has no address of its own. Set it to where the provider is, such as https://host.example/v1.");
        if (key is null)
        {
            if (kind is not ProviderKind.Compatible)
                yield return new CatalogProblem($"{path}:ApiKey", $"is not set; provider '{name}' takes no call without a key. Set it, or name a file that holds it.");
        }
        else if (key.File is { } file)
        {
            if (KeyFile.Read(file) is null)
                yield return new CatalogProblem($"{path}:ApiKeyFile", $"is '{file}'; there is no such file, or it cannot be read, or it does not hold a key and nothing else.");
        }
        else if (!ApiKey.IsUsable(key.Text))
        {
            yield return new CatalogProblem($"{path}:ApiKey", "is empty or has a character that no key has, such as a space within. Copy it again.");
        }
    }
}
