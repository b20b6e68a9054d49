using System.Text.Json;
using Serving.Runtime.Parsers;

namespace Serving.Runtime.Tests.Parsers;

public sealed class PartialJsonTests
{
    public static TheoryData<string> Texts() =>
    [
        "{}",
        "[]",
        "\"\"",
        "{\"a\":1}",
        " { \"a\" : [ 1 , 2.5e-3 , -4 ] , \"b\" : { \"c\" : null , \"d\" : [ true , false ] } } ",
        "[[[]],[{}],{\"x\":[{}]}]",
        "{\"text\":\"a \\\"quoted\\\" \\\\ back\\/slash \\n\\t\\b\\f\\r \\u00e9 \\ud83d\\ude00 end\"}",
        "{\"emoji\":\"\U0001F600 caf\u00e9 \u4f60\u597d\",\"\U0001F600\":1}",
        "{\"\\u0061\\ud83d\\ude00b\":\"x\"}",
        "[\"one\",\"two\",\"three\"]",
        "\"top level text\"",
        "true",
        "null",
        "[0,-0,1E5,0.1]",
        "{\"a\":\"\",\"b\":[],\"c\":{}}",
        "{\"nested\":{\"list\":[{\"k\":\"v\"},{\"k\":\"w\"}],\"n\":12345678901234567890},\"z\":false}",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void TryParse_WholeText_EqualsTheDocument(string text)
    {
        Assert.True(PartialJson.TryParse(text, out var value));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(text), value));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void TryParse_EveryPrefix_IsABeginningOfTheWhole(string text)
    {
        var whole = JsonElement.Parse(text);
        var parsed = 0;
        for (var length = 0; length <= text.Length; length++)
        {
            if (!PartialJson.TryParse(text[..length], out var value))
            {
                Assert.True(parsed == 0, $"Nothing comes of '{text[..length]}', though something came before.");
                continue;
            }

            parsed++;
            AssertBeginning(value, whole, text[..length]);
        }

        Assert.True(parsed > 0);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("  ", null)]
    [InlineData("tr", null)]
    [InlineData("{", "{}")]
    [InlineData("{\"a", "{}")]
    [InlineData("{\"a\"", "{}")]
    [InlineData("{\"a\":", "{}")]
    [InlineData("{\"x\":", "{}")]
    [InlineData("{\"a\":\"", "{\"a\":\"\"}")]
    [InlineData("{\"a\":\"b\\", "{\"a\":\"b\"}")]
    [InlineData("{\"a\":\"b\\u00", "{\"a\":\"b\"}")]
    [InlineData("{\"a\":\"b\\ud83d", "{\"a\":\"b\"}")]
    [InlineData("{\"a\":\"b\\ud83d\\ude00", "{\"a\":\"b\U0001F600\"}")]
    [InlineData("{\"a\":12", "{}")]
    [InlineData("{\"a\":12,", "{\"a\":12}")]
    [InlineData("{\"a\":12 ", "{\"a\":12}")]
    [InlineData("[1,tru", "[1]")]
    [InlineData("[1,[2,", "[1,[2]]")]
    [InlineData("[{\"a\":1},{\"b", "[{\"a\":1},{}]")]
    public void TryParse_Unfinished_IsCompleted(string text, string? expected)
    {
        Assert.Equal(expected is not null, PartialJson.TryParse(text, out var value));
        if (expected is not null)
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), value), value.GetRawText());
    }

    [Theory]
    [InlineData("}")]
    [InlineData("hello")]
    [InlineData("{a")]
    [InlineData("{\"a\" 1")]
    [InlineData("{\"a\":}")]
    [InlineData("[1 2")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[tru]")]
    [InlineData("[01,")]
    [InlineData("[}")]
    [InlineData("{} x")]
    [InlineData("\"a\\x")]
    [InlineData("\"a\nb")]
    [InlineData("\"\\ud83dx")]
    [InlineData("\"\\ude00")]
    public void TryParse_NoJson_Refuses(string text) => Assert.False(PartialJson.TryParse(text, out _));

    [Fact]
    public void TryParse_TooDeep_Refuses() => Assert.False(PartialJson.TryParse(new string('[', 300), out _));

    /// <summary>Texts are beginnings of texts, lists beginnings of lists (their last item again a beginning), objects have a part of the names.</summary>
    private static void AssertBeginning(JsonElement part, JsonElement whole, string prefix)
    {
        Assert.True(part.ValueKind == whole.ValueKind, $"'{prefix}' gives {part.ValueKind}, not {whole.ValueKind}.");
        switch (part.ValueKind)
        {
            case JsonValueKind.String:
                Assert.StartsWith(part.GetString()!, whole.GetString()!, StringComparison.Ordinal);
                break;
            case JsonValueKind.Array:
                var items = part.EnumerateArray().ToList();
                Assert.True(items.Count <= whole.GetArrayLength());
                for (var i = 0; i < items.Count; i++)
                    AssertBeginning(items[i], whole[i], prefix);
                break;
            case JsonValueKind.Object:
                foreach (var property in part.EnumerateObject())
                    AssertBeginning(property.Value, whole.GetProperty(property.Name), prefix);
                break;
            default:
                Assert.True(JsonElement.DeepEquals(part, whole), $"'{prefix}' gives {part}, not {whole}.");
                break;
        }
    }
}
