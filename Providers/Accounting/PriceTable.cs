using Serving.Providers.Catalog;

namespace Serving.Providers.Accounting;

/// <summary>
/// What models cost. A name is looked up as <c>provider:model</c>, upper and lower case alike: a line with the whole name counts first, then of those that end
/// in <c>*</c> the longest. Immutable and thread-safe.
/// </summary>
public sealed class PriceTable
{
    private readonly IReadOnlyList<PriceEntry> _entries;
    private readonly PriceTable? _below;

    private PriceTable(IEnumerable<PriceEntry> entries, PriceTable? below)
    {
        _entries = [.. entries.OrderByDescending(entry => entry.Rank)];
        _below = below;
    }

    /// <summary>The list prices that came with this version. Each line tells its date; providers change theirs.</summary>
    public static PriceTable Default { get; } = BuiltIn();

    internal IReadOnlyList<PriceEntry> Entries => _entries;

    /// <summary>Reads a file of prices. What it says counts before <see cref="Default"/>, which is asked for models that no line of the file names.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or is wrong; the message tells all that is wrong with it.</exception>
    public static PriceTable Load(string path)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The price file '{path}' cannot be read. Give the path of a file that the process may read.", error);
        }

        return Parse(json, path, Default);
    }

    /// <summary>The price of a model; null if it has none, which is not the same as costing nothing.</summary>
    public ModelPrice? Find(ModelName model) => Find(model.ToString());

    internal static PriceTable Parse(ReadOnlySpan<byte> json, string source, PriceTable? below) => new(new PriceReader(json).Read(source), below);

    private ModelPrice? Find(string name)
    {
        foreach (var entry in _entries)
        {
            if (entry.Matches(name))
                return entry.Price;
        }

        return _below?.Find(name);
    }

    private static PriceTable BuiltIn()
    {
        const string Name = "Serving.Providers.Accounting.prices.json";
        using var stream = typeof(PriceTable).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource '{Name}'.");
        using var json = new MemoryStream();
        stream.CopyTo(json);
        return Parse(json.ToArray(), "prices.json", null);
    }
}
