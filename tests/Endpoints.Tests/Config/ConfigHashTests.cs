using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Serving.Endpoints.Config;
using Serving.Endpoints.Options;

namespace Serving.Endpoints.Tests.Config;

public sealed class ConfigHashTests
{
    /// <summary>As lz-string packs it: <c>{"configurable": {"template": "hi {name}!", "llm": "other"}}</c> and <c>{"configurable": {"template": "hi {who}", "llm": "other"}}</c>.</summary>
    public static TheoryData<string, string> Recorded => new()
    {
        { "N4Igxg9gdgZglgcwK4CcCGAjANgUxALgAJQAXHAWwAcs0yDCQALOYqNcnAXwEIQAaBlizl6ICCUY4UITpyA", """{"template":"hi {name}!","llm":"other"}""" },
        { "N4Igxg9gdgZglgcwK4CcCGAjANgUxALgAJQAXHAWwAcs0yDCQALOYgd0YgF8QAaBrLOXogIJRjhQhOnIA", """{"template":"hi {who}","llm":"other"}""" },
    };

    [Theory]
    [MemberData(nameof(Recorded))]
    public void TryDecode_HashOfAClient_GivesItsConfig(string hash, string configurable)
    {
        Assert.True(ConfigHash.TryDecode(hash, out var text));

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(configurable), JsonElement.Parse(text).GetProperty("configurable")));
        Assert.Equal(hash, ConfigHash.Encode(text));
    }

    [Fact]
    public void Encode_AnyText_ComesBack()
    {
        const int Seed = 20261120;
        var random = new Random(Seed);
        for (var i = 0; i < 500; i++)
        {
            var text = new StringBuilder();
            var spread = random.Next(3) switch { 0 => 4, 1 => 300, _ => 0xD7FF };
            for (var length = random.Next(1, 400); length > 0; length--)
                text.Append((char)random.Next(1, spread));

            Assert.True(ConfigHash.TryDecode(ConfigHash.Encode(text.ToString()), out var back), $"seed {Seed}, text {i}");
            Assert.Equal(text.ToString(), back);
        }
    }

    [Fact]
    public void TryDecode_PacksMoreThanTheLimit_IsRefused()
    {
        Assert.True(ConfigHash.TryDecode(ConfigHash.Encode(new string('a', ConfigHash.MaxLength)), out _));
        Assert.False(ConfigHash.TryDecode(ConfigHash.Encode(new string('a', ConfigHash.MaxLength + 1)), out _));
    }

    [Theory]
    [InlineData("not-a-hash")]
    [InlineData("A")]
    [InlineData("$$$$$$$$")]
    [InlineData("%01")]
    [InlineData("%F0%9F%98%80")]
    [InlineData("N4Igxg9gdgZglgcwK4CcCGAjANgUxALgAJQ")]
    public async Task Hash_NotOne_Is400(string hash)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();

        foreach (var endpoint in new[] { "invoke", "batch", "stream", "stream_log", "stream_events" })
            await AssertRefusedAsync(client, $"/add/c/{hash}/{endpoint}");
        using var schema = await client.GetAsync($"/add/c/{hash}/input_schema", TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)schema.StatusCode);
    }

    [Fact]
    public async Task Hash_Hostile_Is400()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne, options => options.ConfigKeys = ConfigKeys.All));
        using var client = app.CreateClient();
        var hostile = new[]
        {
            ConfigHash.Encode("{\"metadata\": {\"a\": \"" + new string('a', ConfigHash.MaxLength * 8) + "\"}}"), // a bomb
            ConfigHash.Encode(new string('[', 2000) + new string(']', 2000)),
            ConfigHash.Encode("{\"metadata\": " + string.Concat(Enumerable.Repeat("{\"a\":", 300)) + "1" + new string('}', 301)),
            ConfigHash.Encode("{\"metadata\": {\"a\": \"\\ud800\"}}"),
            ConfigHash.Encode("{\"metadata\": {\"a\": \"\ud800\"}}"),
            ConfigHash.Encode("{\"metadata\": {\"\\udc00\": 1}}"),
            ConfigHash.Encode("{\"metadata\": {}"),
            ConfigHash.Encode("[]"),
            ConfigHash.Encode("null"),
            ConfigHash.Encode("NaN"),
            string.Concat(Enumerable.Repeat("N4IgxA", 1000)),
            new string('A', 6000),
        };

        foreach (var hash in hostile)
            await AssertRefusedAsync(client, $"/add/c/{hash}/invoke");
        Assert.Equal(200, (await client.CallAsync("/add/invoke", """{"input": 1}""")).Status);
    }

    private static async Task AssertRefusedAsync(HttpClient client, string path)
    {
        var (status, json) = await client.CallAsync(path, """{"input": 1, "inputs": [1]}""");
        Assert.Equal(400, status);
        Assert.Equal("Invalid config hash", json.GetProperty("detail").GetString());
    }
}
