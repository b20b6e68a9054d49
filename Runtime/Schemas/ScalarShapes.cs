using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Schemas;

internal sealed class AnyShape : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = value;
        return true;
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => [];
}

internal sealed class StringShape : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return result is not null || reader.Fail("string_type", "Input should be a valid string", value);
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => new() { ["type"] = "string" };
}

internal sealed class IntegerShape(long minimum, long maximum) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        long number;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number when value.TryGetInt64(out number):
                break;
            case JsonValueKind.Number:
                var real = value.GetDouble();
                if (!double.IsInteger(real))
                    return reader.Fail("int_from_float", "Input should be a valid integer, got a number with a fractional part", value);
                if (Math.Abs(real) >= 9.2e18)
                    return reader.Fail("int_parsing_size", $"Input should be an integer from {minimum} to {maximum}", value);
                number = (long)real;
                reader.Coerced = true;
                break;
            case JsonValueKind.String:
                if (!long.TryParse(value.GetString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out number))
                    return reader.Fail("int_parsing", "Input should be a valid integer, unable to parse string as an integer", value);
                reader.Coerced = true;
                break;
            case JsonValueKind.True or JsonValueKind.False:
                number = value.ValueKind == JsonValueKind.True ? 1 : 0;
                reader.Coerced = true;
                break;
            default:
                return reader.Fail("int_type", "Input should be a valid integer", value);
        }

        if (number < minimum || number > maximum)
            return reader.Fail("int_parsing_size", $"Input should be an integer from {minimum} to {maximum}", value);
        result = number;
        return true;
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => new() { ["type"] = "integer" };
}

internal sealed class NumberShape(double limit = double.MaxValue) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        double number;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                number = value.GetDouble();
                break;
            case JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number):
                reader.Coerced = true;
                break;
            case JsonValueKind.String:
                return reader.Fail("float_parsing", "Input should be a valid number, unable to parse string as a number", value);
            case JsonValueKind.True or JsonValueKind.False:
                number = value.ValueKind == JsonValueKind.True ? 1d : 0d;
                reader.Coerced = true;
                break;
            default:
                return reader.Fail("float_type", "Input should be a valid number", value);
        }

        if (Math.Abs(number) > limit)
            return reader.Fail("float_parsing", $"Input should be a number from -{limit:0.##e+0} to {limit:0.##e+0}", value);
        result = number;
        return true;
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => new() { ["type"] = "number" };
}

internal sealed class BooleanShape : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when value.TryGetDouble(out var number) && number is 0 or 1 => value.GetDouble() == 1,
            JsonValueKind.String => value.GetString()!.ToUpperInvariant() switch
            {
                "TRUE" or "T" or "YES" or "Y" or "ON" or "1" => true,
                "FALSE" or "F" or "NO" or "N" or "OFF" or "0" => false,
                _ => null,
            },
            _ => (bool?)null,
        };
        if (result is null)
        {
            return value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                ? reader.Fail("bool_parsing", "Input should be a valid boolean, unable to interpret input", value)
                : reader.Fail("bool_type", "Input should be a valid boolean", value);
        }

        reader.Coerced |= value.ValueKind is not (JsonValueKind.True or JsonValueKind.False);
        return true;
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => new() { ["type"] = "boolean" };
}

internal sealed class NullShape : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        return value.ValueKind == JsonValueKind.Null || reader.Fail("none_required", "Input should be None", value);
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => new() { ["type"] = "null" };
}

internal sealed class FormatShape(string format, string code, string expected, Func<JsonElement, object?> parse) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = value.ValueKind == JsonValueKind.String ? parse(value) : null;
        return result is not null || reader.Fail(code, $"Input should be a valid {expected}", value);
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => new() { ["type"] = "string", ["format"] = format };
}

internal sealed class EnumShape(string name, IReadOnlyList<string> values) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = value.ValueKind == JsonValueKind.String && values.Contains(value.GetString()!) ? value.GetString() : null;
        if (result is not null)
            return true;
        var quoted = values.Select(item => $"'{item}'").ToList();
        var expected = quoted.Count == 1 ? quoted[0] : $"{string.Join(", ", quoted[..^1])} or {quoted[^1]}";
        return reader.Fail("enum", $"Input should be {expected}", value);
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => definitions.Reference(name, () => new JsonObject
    {
        ["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]),
        ["title"] = name,
        ["type"] = "string",
    });
}

internal sealed class DictionaryShape : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        if (value.ValueKind != JsonValueKind.Object)
            return reader.Fail("dict_type", "Input should be a valid dictionary", value);
        result = ChainValues.From(value.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Natural(property.Value))));
        return true;
    }

    /// <summary>The plainest .NET value of some JSON: scalars as themselves, the rest as it is.</summary>
    internal static object? Natural(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => value,
    };

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => new() { ["type"] = "object" };
}
