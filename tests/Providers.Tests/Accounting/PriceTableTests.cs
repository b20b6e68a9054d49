using System.Text;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;

namespace Serving.Providers.Tests.Accounting;

public sealed class PriceTableTests
{
    private const string Gpt = """
        {
          "openai:gpt-4.1": { "input": 1, "output": 2 },
          "openai:gpt-4.1*": { "input": 3, "output": 4 },
          "openai:gpt-4.1-mini*": { "input": 5, "output": 6 },
          "openai:*": { "input": 7, "output": 8 },
          "ollama:*": null,
          "ollama:qwen3:4b": { "input": 9, "output": 9 }
        }
        """;

    [Theory]
    [InlineData("openai:gpt-4.1", 1)]
    [InlineData("OpenAI:GPT-4.1", 1)]
    [InlineData("openai:gpt-4.1-2025-04-14", 3)]
    [InlineData("openai:gpt-4.1-mini", 5)]
    [InlineData("openai:gpt-4.1-mini-2025-04-14", 5)]
    [InlineData("openai:o9", 7)]
    [InlineData("ollama:qwen3:4b", 9)]
    [InlineData("ollama:llama3.2", null)]
    [InlineData("offline:offline", null)]
    public void Find_Name_TakesTheClosestLine(string name, int? input)
    {
        Assert.Equal(input, PriceTable.Parse(Encoding.UTF8.GetBytes(Gpt), "test", null).Find(Name(name))?.Input);
    }

    [Fact]
    public void Parse_PricesLeftOut_AreThoseOfInputAndOutput()
    {
        var table = Parse("""{ "a:b": { "input": 2, "output": 8 }, "a:c": { "input": 2, "cached_input": 0, "cache_write": 2.5, "output": 8, "reasoning": 9, "as_of": "2026-02-03" } }""");

        Assert.Equal(new ModelPrice(2, 8) { CachedInput = 2, CacheWrite = 2, Reasoning = 8 }, table.Find(Name("a:b")));
        Assert.Equal(new ModelPrice(2, 8) { CachedInput = 0, CacheWrite = 2.5m, Reasoning = 9, AsOf = new DateOnly(2026, 2, 3) }, table.Find(Name("a:c")));
    }

    [Fact]
    public void Parse_CommentsTrailingCommasAndMark_AreTaken()
    {
        byte[] json = [.. Encoding.UTF8.Preamble, .. """{ /* ours */ "a:b": { "input": 1, "output": 2, }, }"""u8];

        Assert.Equal(1, PriceTable.Parse(json, "test", null).Find(Name("a:b"))?.Input);
    }

    [Fact]
    public void Parse_SeveralMistakes_TellsAllWithTheirLines()
    {
        var error = Assert.Throws<InvalidDataException>(() => Parse(
            """
            {
              "gpt": { "input": 1, "output": 2 },
              "a:b*c": { "input": 1, "output": 2 },
              "a:b": { "input": -1, "output": 200000 },
              "a:c": {
                "input": "sk-secret",
                "output": 0.1234567,
                "inptu": { "x": 1 },
                "as_of": "yesterday"
              },
              "A:B": { "input": 1 },
              "a:d": 5
            }
            """));

        Assert.Equal(
            """
            The prices in 'test' cannot be used:
              Line 2: 'gpt' is no name of a model. Write provider:model, with a '*' only at the end.
              Line 3: 'a:b*c' is no name of a model. Write provider:model, with a '*' only at the end.
              Line 4: 'a:b' has -1 as its price 'input'. Give dollars per million tokens, from 0 to 100000 with at most 6 decimals.
              Line 4: 'a:b' has 200000 as its price 'output'. Give dollars per million tokens, from 0 to 100000 with at most 6 decimals.
              Line 6: 'a:c' has no number as its price 'input'. Give dollars per million tokens, from 0 to 100000 with at most 6 decimals.
              Line 7: 'a:c' has 0.1234567 as its price 'output'. Give dollars per million tokens, from 0 to 100000 with at most 6 decimals.
              Line 8: 'a:c' has an unknown field 'inptu'. There are: input, output, cached_input, cache_write, reasoning, as_of.
              Line 9: 'a:c' has no date as its 'as_of'. Write one such as 2026-01-31.
              Line 11: 'A:B' has no price 'output'. Give one, in dollars per million tokens; 0 for a model that writes no text.
              Line 11: 'A:B' has a line already. Remove one of the two.
              Line 12: 'a:d' has no object of prices. Write {"input": 1.0, "output": 2.0}, or null for no price.
            """.ReplaceLineEndings(),
            error.Message.ReplaceLineEndings());
    }

    [Theory]
    [InlineData("", "Line 1 is no JSON.")]
    [InlineData("sk-secret", "Line 1 is no JSON.")]
    [InlineData("{\n\"a:b\": {\"input\": 1, \"output\": 2}", "Line 2 is no JSON.")]
    [InlineData("{}\n{}", "Line 2 is no JSON.")]
    [InlineData("[\"sk-secret\"]", "The file is no JSON object.")]
    public void Parse_NoJsonObject_SaysWhereWithoutRepeatingIt(string json, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => Parse(json));

        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Fact]
    public async Task Load_File_CountsBeforeTheBuiltInPrices()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(
            path,
            """{ "openai:gpt-4.1-mini": { "input": 0.3, "output": 1 }, "anthropic:*": null, "ours:big": { "input": 1, "output": 1 } }""",
            TestContext.Current.CancellationToken);
        try
        {
            var table = PriceTable.Load(path);

            Assert.Equal(0.3m, table.Find(Name("openai:gpt-4.1-mini"))?.Input);
            Assert.Equal(PriceTable.Default.Find(Name("openai:gpt-4.1")), table.Find(Name("openai:gpt-4.1")));
            Assert.NotNull(PriceTable.Default.Find(Name("anthropic:claude-opus-5")));
            Assert.Null(table.Find(Name("anthropic:claude-opus-5")));
            Assert.Equal(1, table.Find(Name("ours:big"))?.Input);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Load_NoSuchFile_NamesIt()
    {
        var error = Assert.Throws<InvalidDataException>(() => PriceTable.Load("no/such.json"));

        Assert.Equal("The price file 'no/such.json' cannot be read. Give the path of a file that the process may read.", error.Message);
    }

    [Fact]
    public void Default_Entries_AreDatedAndOfTheKnownProviders()
    {
        Assert.All(PriceTable.Default.Entries, entry =>
        {
            Assert.NotNull(entry.Price?.AsOf);
            Assert.InRange(entry.Price.CachedInput, 0, entry.Price.Input);
            Assert.True(entry.Price.Output == 0 || entry.Price.Output >= entry.Price.Input, entry.Pattern);
        });
        Assert.Equal(["anthropic", "cohere", "mistral", "openai"], PriceTable.Default.Entries.Select(entry => entry.Pattern.Split(':')[0]).Distinct().Order());
    }

    [Theory]
    [InlineData("openai:gpt-4.1-mini-2025-04-14", "openai:gpt-4.1-mini")]
    [InlineData("anthropic:claude-haiku-4-5-20251001", "anthropic:claude-haiku-4-5")]
    [InlineData("openai:gpt-4o-audio-preview", null)]
    [InlineData("anthropic:claude-opus-5-9", null)]
    public void Default_DatedVersion_CostsWhatTheModelCostsAndOthersAreUnknown(string name, string? like)
    {
        Assert.Equal(like is null ? null : PriceTable.Default.Find(Name(like)), PriceTable.Default.Find(Name(name)));
        Assert.Equal(like is null, PriceTable.Default.Find(Name(name)) is null);
    }

    private static PriceTable Parse(string json) => PriceTable.Parse(Encoding.UTF8.GetBytes(json), "test", null);

    private static ModelName Name(string text) => ModelName.TryParse(text, out var name) ? name : throw new ArgumentException(text, nameof(text));
}
