using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Runnables;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Schemas;

/// <summary>Shapes of .NET types, made once each.</summary>
internal static class ClrShapes
{
    private static readonly ConcurrentDictionary<Type, JsonShape> Known = new()
    {
        [typeof(object)] = JsonShape.Any,
        [typeof(JsonElement)] = JsonShape.Any,
        [typeof(JsonNode)] = new ConvertedShape(JsonShape.Any, value => JsonNode.Parse(((JsonElement)value!).GetRawText())),
        [typeof(string)] = JsonShape.String,
        [typeof(bool)] = JsonShape.Boolean,
        [typeof(long)] = JsonShape.Integer,
        [typeof(int)] = new ConvertedShape(new IntegerShape(int.MinValue, int.MaxValue), value => (int)(long)value!),
        [typeof(short)] = new ConvertedShape(new IntegerShape(short.MinValue, short.MaxValue), value => (short)(long)value!),
        [typeof(byte)] = new ConvertedShape(new IntegerShape(byte.MinValue, byte.MaxValue), value => (byte)(long)value!),
        [typeof(double)] = JsonShape.Number,
        [typeof(float)] = new ConvertedShape(JsonShape.Number, value => (float)(double)value!),
        [typeof(decimal)] = new ConvertedShape(new NumberShape(7.9e28), value => (decimal)(double)value!),
        [typeof(Guid)] = new FormatShape("uuid", "uuid_parsing", "UUID", value => Guid.TryParse(value.GetString(), out var id) ? id : null),
        [typeof(DateTimeOffset)] = new FormatShape("date-time", "datetime_parsing", "datetime", value => value.TryGetDateTimeOffset(out var time) ? time : null),
        [typeof(DateTime)] = new FormatShape("date-time", "datetime_parsing", "datetime", value => value.TryGetDateTime(out var time) ? time : null),
        [typeof(Uri)] = new FormatShape("uri", "url_parsing", "URL", value => Uri.TryCreate(value.GetString(), UriKind.Absolute, out var uri) ? uri : null),
        [typeof(ChainValues)] = JsonShape.Dictionary,
        [typeof(ChatMessage)] = new MessageShape(),
        [typeof(AssistantMessage)] = new ConvertedShape(new MessageShape(), value => AssistantMessage.From((ChatMessage)value!)),
        [typeof(PromptValue)] = PromptValueShape.Instance,
        [typeof(ChatPromptValue)] = new ConvertedShape(PromptValueShape.Instance, value => ((PromptValue)value!).ToChat()),
    };

    // The types whose shapes are being made further up: a type that contains itself meets itself here.
    [ThreadStatic]
    private static HashSet<Type>? _beginnings;

    private static HashSet<Type> Beginnings => _beginnings ??= [];

    public static JsonShape Get(Type type)
    {
        if (Known.TryGetValue(type, out var shape))
            return shape;
        if (Beginnings.Contains(type))
            return new RecursiveShape(type);
        Beginnings.Add(type);
        try
        {
            shape = Make(type);
        }
        finally
        {
            Beginnings.Remove(type);
        }

        return Known.GetOrAdd(type, shape);
    }

    private static JsonShape Make(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return new NullableShape(Get(underlying));
        if (type.IsEnum)
        {
            return new ConvertedShape(
                new EnumShape(type.Name, System.Enum.GetNames(type)),
                value => System.Enum.Parse(type, (string)value!));
        }

        if (ElementType(type) is { } element)
        {
            return new ConvertedShape(new ArrayShape(Nested(element)), value =>
            {
                var items = (List<object?>)value!;
                var array = Array.CreateInstance(element, items.Count);
                for (var i = 0; i < items.Count; i++)
                    array.SetValue(items[i], i);
                return type.IsArray || type.IsInterface ? array : Activator.CreateInstance(type, array);
            });
        }

        var contract = RuntimeJson.Options.GetTypeInfo(type);
        if (contract is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } valueType })
            return new MapShape(Nested(valueType), type);
        if (contract.Kind != JsonTypeInfoKind.Object)
            return JsonShape.Any;
        var properties = contract.Properties
            .Where(property => property.Get is not null && !property.IsExtensionData)
            .Select(Property)
            .ToList();
        return new ObjectShape(type.Name, properties, type) { Description = DescriptionOf(type) };
    }

    /// <summary>The shape of a type inside another: an object's is written once and referred to.</summary>
    private static JsonShape Nested(Type type) => Get(type) is ObjectShape shape ? shape.Named(RunnableName.Of(type)) : Get(type);

    private static ShapeProperty Property(JsonPropertyInfo property)
    {
        var parameter = property.AssociatedParameter;
        var required = parameter is null ? property.IsRequired : !parameter.HasDefaultValue;
        var nullable = (property.Set is null ? property.IsGetNullable : property.IsSetNullable) && !property.PropertyType.IsValueType;
        var shape = Nested(property.PropertyType);
        return new ShapeProperty(property.Name, nullable && shape is not AnyShape ? new NullableShape(shape) : shape)
        {
            Required = required,
            HasDefault = parameter is { HasDefaultValue: true },
            Default = parameter is { HasDefaultValue: true } ? parameter.DefaultValue ?? ZeroOf(property.PropertyType) : null,
            Description = DescriptionOf(property.AttributeProvider) ?? DescriptionOf(parameter?.AttributeProvider),
        };
    }

    /// <summary>What <c>default</c> means as the default of a parameter, which metadata has as null.</summary>
    private static object? ZeroOf(Type type) => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? Activator.CreateInstance(type) : null;

    private static string? DescriptionOf(System.Reflection.ICustomAttributeProvider? member) =>
        member?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true).OfType<DescriptionAttribute>().FirstOrDefault()?.Description;

    private static Type? ElementType(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IEnumerable<>)
            || definition == typeof(IList<>) || definition == typeof(ICollection<>) || definition == typeof(List<>)
            ? type.GetGenericArguments()[0]
            : null;
    }
}
