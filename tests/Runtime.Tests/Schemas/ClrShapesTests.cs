using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Schemas;

public sealed class ClrShapesTests
{
    private enum Color
    {
        Red,
        DarkBlue,
    }

    private static T Read<T>(string json) => (T)JsonShape.For<T>().Read(JsonElement.Parse(json))!;

    private static string[] Errors<T>(string json)
    {
        Assert.False(JsonShape.For<T>().TryRead(JsonElement.Parse(json), out _, out var errors));
        return [.. errors!.Select(error => $"{string.Join('.', error.Location)} {error.Type}")]; // false says there are some
    }

    [Fact]
    public void Scalars_Text_BecomeTheirTypes()
    {
        Assert.Equal(5, Read<int>("\"5\""));
        Assert.Equal(5.5f, Read<float>("5.5"));
        Assert.Equal(5.5m, Read<decimal>("5.5"));
        Assert.Equal([" float_parsing"], Errors<decimal>("1e300"));
        Assert.Equal((byte)255, Read<byte>("255"));
        Assert.Equal([" int_parsing_size"], Errors<byte>("256"));
        Assert.Equal(Guid.Parse("12345678-1234-5678-1234-567812345678"), Read<Guid>("\"12345678-1234-5678-1234-567812345678\""));
        Assert.Equal([" uuid_parsing"], Errors<Guid>("\"x\""));
        Assert.Equal(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), Read<DateTimeOffset>("\"2024-01-02T03:04:05+00:00\""));
        Assert.Equal([" datetime_parsing"], Errors<DateTimeOffset>("\"yesterday\""));
        Assert.Equal(Color.DarkBlue, Read<Color>("\"DarkBlue\""));
        Assert.Equal([" enum"], Errors<Color>("\"Green\""));
        Assert.Null(Read<int?>("null"));
        Assert.Equal(3, Read<int?>("3"));
    }

    [Fact]
    public void Lists_OfAnyKind_HaveTheirElements()
    {
        Assert.Equal([1, 2], Read<int[]>("[1,\"2\"]"));
        Assert.Equal(["a"], Read<List<string>>("[\"a\"]"));
        Assert.Equal(["a"], Read<IReadOnlyList<string>>("[\"a\"]"));
        Assert.Equal([1L], Read<IEnumerable<long>>("[1]"));
        Assert.Equal(["1 int_type"], Errors<int[]>("[1,null]"));
        Assert.Equal([" list_type"], Errors<int[]>("{}"));
    }

    [Fact]
    public void Record_Json_IsFilledWithDefaults()
    {
        var person = Read<Person>("""{"full_name":"Ada","home":{"city":"London"},"pets":[{"city":"Kennel"}]}""");
        Assert.Equal(("Ada", 18, null, "London", Color.Red), (person.FullName, person.Age, person.Nick, person.Home.City, person.Favourite));
        Assert.Equal("Kennel", Assert.Single(person.Pets!).City);
        Assert.Equal(5, Read<Person>("""{"full_name":"Ada","age":"5","home":{"city":"x"}}""").Age);
        Assert.Null(Read<Person>("""{"full_name":"Ada","nick":null,"home":{"city":"x"},"pets":null}""").Pets);
    }

    [Fact]
    public void Record_CoercedDeepInside_IsStillRead() =>
        Assert.Equal([1, 2], Read<Numbers>("""{"values":["1",2.0],"more":{"values":[true]}}""").Values);

    [Fact]
    public void Record_Misfits_AreAllToldWithTheirPlaces() => Assert.Equal(
        ["full_name string_type", "home.city missing", "age int_parsing", "pets.1.city string_type"],
        Errors<Person>("""{"full_name":null,"age":"x","home":{},"pets":[{"city":"a"},{"city":1}]}"""));

    [Fact]
    public void Class_WithProperties_IsRead()
    {
        var settings = Read<Settings>("""{"name":"x"}""");
        Assert.Equal(("x", 7), (settings.Name, settings.Size));
        var coerced = Read<Settings>("""{"name":"x","other":"5"}""");
        Assert.Equal(("x", 7, 5), (coerced.Name, coerced.Size, coerced.Other));
        Assert.Equal(["name missing"], Errors<Settings>("{}"));
        Assert.Equal(
            """{"properties":{"name":{"type":"string","title":"Name"},"size":{"type":"integer","title":"Size"},"other":{"type":"integer","title":"Other"}},"title":"Settings","type":"object","required":["name"]}""",
            JsonShape.For<Settings>().ToSchema().ToJsonString());
    }

    [Fact]
    public void ToSchema_Record_SaysEverything()
    {
        var expected = JsonNode.Parse(
            """
            {
              "description": "Somebody.",
              "properties": {
                "full_name": { "title": "Full Name", "type": "string", "description": "First and last." },
                "home": { "$ref": "#/$defs/Address" },
                "age": { "title": "Age", "type": "integer", "default": 18 },
                "nick": { "title": "Nick", "anyOf": [{ "type": "string" }, { "type": "null" }], "default": null },
                "pets": { "title": "Pets", "anyOf": [{ "items": { "$ref": "#/$defs/Address" }, "type": "array" }, { "type": "null" }], "default": null },
                "favourite": { "$ref": "#/$defs/Color", "default": "Red" }
              },
              "required": ["full_name", "home"],
              "title": "Person",
              "type": "object",
              "$defs": {
                "Address": { "title": "Address", "type": "object", "properties": { "city": { "title": "City", "type": "string" } }, "required": ["city"] },
                "Color": { "enum": ["Red", "DarkBlue"], "title": "Color", "type": "string" }
              }
            }
            """);
        var schema = JsonShape.For<Person>().ToSchema();
        Assert.True(JsonNode.DeepEquals(expected, schema), schema.ToJsonString());
    }

    [Fact]
    public void Dictionaries_Values_AreRead()
    {
        Assert.Equal("x", Read<ChainValues>("""{"a":"x"}""")["a"]);
        Assert.Equal(1, Read<Dictionary<string, int>>("""{"a":1}""")["a"]);
        Assert.Equal(2, Read<IReadOnlyDictionary<string, int>>("""{"a":"1","b":2}""")["b"]);
        Assert.Equal("c", Read<Dictionary<string, Address>>("""{"a":{"city":"c"}}""")["a"].City);
        Assert.Equal(["a int_parsing"], Errors<Dictionary<string, int>>("""{"a":"x"}"""));
        Assert.Equal(["a.city missing"], Errors<Dictionary<string, Address>>("""{"a":{}}"""));
        Assert.Equal([" dict_type"], Errors<Dictionary<string, int>>("[]"));
        Assert.Equal([" value_error"], Errors<Dictionary<int, int>>("""{"x":1}"""));
        Assert.Equal("""{"additionalProperties":{"type":"integer"},"type":"object"}""", JsonShape.For<Dictionary<string, int>>().ToSchema().ToJsonString());
    }

    [Fact]
    public void Record_ThatContainsItself_IsRead()
    {
        var tree = Read<Tree>("""{"value":1,"left":{"value":2}}""");
        Assert.Equal(2, tree.Left!.Value);
        Assert.Equal(2, Read<Tree>("""{"value":"1","left":{"value":2.0}}""").Left!.Value);
        Assert.Equal(["left.left.value int_type"], Errors<Tree>("""{"value":1,"left":{"value":2,"left":{"value":null}}}"""));
        Assert.Equal("#/$defs/Tree", JsonShape.For<Tree>().ToSchema()["properties"]!["left"]!["anyOf"]![0]!["$ref"]!.GetValue<string>());
        Assert.Equal("#/$defs/Tree", JsonShape.For<Tree>().ToSchema()["$defs"]!["Tree"]!["properties"]!["left"]!["anyOf"]![0]!["$ref"]!.GetValue<string>());
        Assert.Equal(3, Read<Forest>("""{"trees":[{"forests":[{"trees":[]}],"count":3}]}""").Trees[0].Count);
    }

    [Description("Somebody.")]
    private sealed record Person(
        [property: Description("First and last.")] string FullName,
        Address Home,
        int Age = 18,
        string? Nick = null,
        IReadOnlyList<Address>? Pets = null,
        Color Favourite = Color.Red);

    private sealed record Address(string City);

    private sealed record Numbers(int[] Values, Numbers? More = null);

    private sealed record Tree(int Value, Tree? Left = null);

    private sealed record Forest(IReadOnlyList<Grove> Trees);

    private sealed record Grove(IReadOnlyList<Forest> Forests, int Count);

    private sealed class Settings
    {
        public required string Name { get; init; }

        public int Size { get; init; } = 7;

        public int Other { get; init; }
    }
}
