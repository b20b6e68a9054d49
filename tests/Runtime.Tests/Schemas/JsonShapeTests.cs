using System.Text.Json;
using Serving.Runtime.Errors;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Schemas;

public sealed class JsonShapeTests
{
    private static IReadOnlyList<InputError> Errors(JsonShape shape, string json)
    {
        Assert.False(shape.TryRead(JsonElement.Parse(json), out _, out var errors));
        return errors!; // false says there are some
    }

    [Theory]
    [InlineData("5", 5)]
    [InlineData("\"5\"", 5)]
    [InlineData("\" -5 \"", -5)]
    [InlineData("5.0", 5)]
    [InlineData("5e2", 500)]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Integer_Lax_IsTaken(string json, long expected) => Assert.Equal(expected, JsonShape.Integer.Read(JsonElement.Parse(json)));

    [Theory]
    [InlineData("5.5", "int_from_float")]
    [InlineData("\"5.5\"", "int_parsing")]
    [InlineData("\"abc\"", "int_parsing")]
    [InlineData("\"\"", "int_parsing")]
    [InlineData("null", "int_type")]
    [InlineData("[]", "int_type")]
    [InlineData("{}", "int_type")]
    [InlineData("9223372036854775808", "int_parsing_size")]
    [InlineData("1e300", "int_parsing_size")]
    public void Integer_Misleading_IsRefused(string json, string code) => Assert.Equal(code, Assert.Single(Errors(JsonShape.Integer, json)).Type);

    [Theory]
    [InlineData("5", 5d)]
    [InlineData("5.5", 5.5)]
    [InlineData("\"5.5\"", 5.5)]
    [InlineData("\"-1e3\"", -1000d)]
    [InlineData("true", 1d)]
    public void Number_Lax_IsTaken(string json, double expected) => Assert.Equal(expected, JsonShape.Number.Read(JsonElement.Parse(json)));

    [Theory]
    [InlineData("\"5,5\"", "float_parsing")]
    [InlineData("null", "float_type")]
    public void Number_Misleading_IsRefused(string json, string code) => Assert.Equal(code, Assert.Single(Errors(JsonShape.Number, json)).Type);

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("1.0", true)]
    [InlineData("0", false)]
    [InlineData("\"Yes\"", true)]
    [InlineData("\"off\"", false)]
    [InlineData("\"F\"", false)]
    public void Boolean_Lax_IsTaken(string json, bool expected) => Assert.Equal(expected, JsonShape.Boolean.Read(JsonElement.Parse(json)));

    [Theory]
    [InlineData("2", "bool_parsing")]
    [InlineData("\"maybe\"", "bool_parsing")]
    [InlineData("null", "bool_type")]
    public void Boolean_Misleading_IsRefused(string json, string code) => Assert.Equal(code, Assert.Single(Errors(JsonShape.Boolean, json)).Type);

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("[\"a\"]")]
    public void String_AnythingElse_IsRefused(string json) => Assert.Equal("string_type", Assert.Single(Errors(JsonShape.String, json)).Type);

    [Fact]
    public void Any_Json_StaysAsItIs()
    {
        var read = Assert.IsType<JsonElement>(JsonShape.Any.Read(JsonElement.Parse("""{"type":"human","content":"x"}""")));
        Assert.Equal("human", read.GetProperty("type").GetString());
    }

    [Fact]
    public void Dictionary_Object_HasPlainScalars()
    {
        var values = (ChainValues)JsonShape.Dictionary.Read(JsonElement.Parse("""{"a":"x","b":true,"c":null,"d":1,"a":"y"}"""))!;
        Assert.Equal(["a", "b", "c", "d"], values.Keys);
        Assert.Equal(("y", true, (object?)null), (values["a"], values["b"], values["c"]));
        Assert.Equal(1, Assert.IsType<JsonElement>(values["d"]).GetInt32());
        Assert.Equal("dict_type", Assert.Single(Errors(JsonShape.Dictionary, "[]")).Type);
    }

    [Fact]
    public void Object_SeveralProblems_AreAllToldWithTheirPlaces()
    {
        var shape = JsonShape.Object(
            "Outer",
            new ShapeProperty("topic", JsonShape.String),
            new ShapeProperty("items", JsonShape.Array(JsonShape.Object("Inner", new ShapeProperty("n", JsonShape.Integer)))),
            new ShapeProperty("missing", JsonShape.String));
        var errors = Errors(shape, """{"topic":5,"items":[{"n":1},{"n":"x"},{},7]}""");
        Assert.Equal(
            ["topic string_type", "items.1.n int_parsing", "items.2.n missing", "items.3 model_type", "missing missing"],
            errors.Select(error => $"{string.Join('.', error.Location)} {error.Type}"));
        Assert.Equal("5", errors[0].Input!.Value.GetRawText());
        var thrown = Assert.Throws<InvalidInputException>(() => shape.Read(JsonElement.Parse("{}")));
        Assert.Equal("topic: Field required; items: Field required; missing: Field required", thrown.Message);
    }

    [Fact]
    public void Object_Unknown_IsDroppedAndDefaultsAreFilledIn()
    {
        var shape = JsonShape.Object("O", new ShapeProperty("a", JsonShape.String), new ShapeProperty("b", JsonShape.Integer) { Required = false, Default = 2L });
        Assert.Equal(ChainValues.Of(("a", "x"), ("b", 2L)), shape.Read(JsonElement.Parse("""{"z":1,"a":"x"}""")));
        Assert.Equal(
            """{"properties":{"a":{"type":"string","title":"A"},"b":{"type":"integer","title":"B","default":2}},"title":"O","type":"object","required":["a"]}""",
            shape.ToSchema().ToJsonString());
        Assert.Equal("model_type", Assert.Single(Errors(shape, "\"a\"")).Type);
    }

    [Theory]
    [InlineData("5", 5L)]
    [InlineData("\"5\"", "5")]
    [InlineData("null", null)]
    public void Union_ExactFit_WinsOverCoercion(string json, object? expected)
    {
        var shape = JsonShape.Union(JsonShape.Integer, JsonShape.String, JsonShape.For<string?>(), JsonShape.For<int?>());
        Assert.Equal(expected, shape.Read(JsonElement.Parse(json)));
    }

    [Fact]
    public void Union_NoFit_TellsWhatEachOptionWanted() =>
        Assert.Equal(["int_type", "bool_type"], Errors(JsonShape.Union(JsonShape.Integer, JsonShape.Boolean), "[]").Select(error => error.Type));

    [Fact]
    public void Enum_OtherValue_ListsThem()
    {
        var shape = JsonShape.Enum("LLM", ["other", "standard"]);
        Assert.Equal("other", shape.Read(JsonElement.Parse("\"other\"")));
        Assert.Equal("Input should be 'other' or 'standard'", Assert.Single(Errors(shape, "\"x\"")).Message);
        Assert.Equal(
            """{"$ref":"#/$defs/LLM","title":"T","$defs":{"LLM":{"enum":["other","standard"],"title":"LLM","type":"string"}}}""",
            shape.ToSchema("T").ToJsonString());
    }

    [Fact]
    public void Named_UsedTwice_IsDefinedOnce()
    {
        var inner = JsonShape.Object("I", new ShapeProperty("x", JsonShape.String)).Named("Inner");
        var shape = JsonShape.Object("O", new ShapeProperty("a", inner), new ShapeProperty("b", JsonShape.Array(inner)));
        var defined = new List<string>();
        var schema = shape.ToSchema("#/components/schemas/", (name, _) => defined.Add(name));
        Assert.Equal(["Inner"], defined);
        Assert.Equal("""{"$ref":"#/components/schemas/Inner"}""", schema["properties"]!["a"]!.ToJsonString());
        Assert.Null(schema["$defs"]);
    }

    [Fact]
    public void Parse_Schema_ReadsAndWritesWhatItSays()
    {
        var schema = JsonElement.Parse(
            """{"title":"T","description":"d","type":"object","properties":{"a":{"type":"string"},"b":{"type":["integer","null"],"default":3},"c":{"type":"array","items":{"enum":["x","y"]}},"d":{"anyOf":[{"type":"number"},{"type":"null"}]},"e":{"type":"object"}},"required":["a"]}""");
        var shape = JsonShape.Parse(schema);
        Assert.Equal("d", shape.ToSchema()["description"]!.GetValue<string>());
        var values = (ChainValues)shape.Read(JsonElement.Parse("""{"a":"s","c":["x"],"d":null,"e":{"k":1}}"""))!;
        Assert.Equal(3L, values["b"]);
        Assert.Equal(["c.0 enum"], Errors(shape, """{"a":"s","c":["z"]}""").Select(error => $"{string.Join('.', error.Location)} {error.Type}"));
    }

    [Fact]
    public void Parse_References_AreFollowedAlsoToThemselves()
    {
        var shape = JsonShape.Parse(JsonElement.Parse("""
            {
              "$defs": { "Node": { "type": "object", "properties": { "name": { "type": "string" }, "next": { "$ref": "#/$defs/Node" } }, "required": ["name"] } },
              "type": "object", "properties": { "head": { "$ref": "#/$defs/Node" } }, "required": ["head"]
            }
            """));

        Assert.True(shape.TryRead(JsonElement.Parse("""{"head":{"name":"a","next":{"name":"b"}}}"""), out _, out _));
        Assert.False(shape.TryRead(JsonElement.Parse("""{"head":{"name":"a","next":{}}}"""), out _, out var errors));
        Assert.Equal(["head", "next", "name"], Assert.Single(errors).Location);
        Assert.Contains("\"Node\"", shape.ToSchema().ToJsonString());
    }
}
