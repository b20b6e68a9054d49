using Serving.Endpoints.Hosting;

namespace Serving.Endpoints.OpenApi;

/// <summary>What a chain is called in the document.</summary>
/// <param name="Tag">For people: the chain's name, or its path where two chains have one name.</param>
/// <param name="Id">For generated code: letters, digits and underscores; no two chains have the same, whatever the case.</param>
internal sealed record ChainLabels(string Tag, string Id)
{
    public static IReadOnlyDictionary<ServedChain, ChainLabels> Of(IReadOnlyList<ServedChain> chains)
    {
        var shared = chains.GroupBy(chain => chain.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var labels = new Dictionary<ServedChain, ChainLabels>(ReferenceEqualityComparer.Instance);
        foreach (var chain in chains)
        {
            var tag = !shared.Contains(chain.Name) ? chain.Name : chain.Path.Length == 0 ? "/" : chain.Path;
            var id = Identifier(tag);
            var unique = id;
            for (var number = 2; !taken.Add(unique); number++)
                unique = $"{id}_{number}";
            labels[chain] = new ChainLabels(tag, unique);
        }

        return labels;
    }

    /// <summary>A text with everything but ASCII letters and digits made an underscore.</summary>
    public static string Identifier(string text)
    {
        var id = string.Concat(text.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_')).Trim('_');
        return id.Length == 0 ? "root" : id;
    }
}
