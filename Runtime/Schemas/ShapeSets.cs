namespace Serving.Runtime.Schemas;

/// <summary>One shape for steps that take the same value.</summary>
internal static class ShapeSets
{
    /// <summary>The first shape that says anything.</summary>
    public static JsonShape FirstKnown(IEnumerable<JsonShape> shapes) => shapes.FirstOrDefault(shape => shape is not AnyShape) ?? JsonShape.Any;

    /// <summary>
    /// An object with the properties of all; null if one of them is no object or none tells its properties. If one of them takes more than it tells,
    /// what else is in the object is kept.
    /// </summary>
    public static JsonShape? UnionOfObjects(string name, IReadOnlyCollection<JsonShape> shapes)
    {
        if (shapes.Any(shape => shape is not (ObjectShape or DictionaryShape or AnyShape)))
            return null;
        var objects = shapes.OfType<ObjectShape>().ToList();
        if (objects.Count == 0)
            return null;
        var properties = objects.SelectMany(shape => shape.Properties).DistinctBy(property => property.Name).ToList();
        return new ObjectShape(name, properties, null) { KeepsOthers = objects.Count < shapes.Count || objects.Any(shape => shape.KeepsOthers) };
    }
}
