using System.Reflection;

namespace Serving.Architecture.Tests;

/// <summary>Types as C# writes them, without namespaces.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    public static string Of(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsByRef)
            return Of(type.GetElementType()!); // by-ref types have one
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]"; // arrays have one
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value) + "?";
        if (type.IsGenericParameter)
            return type.Name;

        var arguments = type.GetGenericArguments();
        var outer = type.DeclaringType is { } declaring ? Of(Close(declaring, arguments)) + "." : "";
        var inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        var own = arguments.Skip(inherited).Select(Of).ToList();
        return outer + type.Name.Split('`')[0] + (own.Count > 0 ? $"<{string.Join(", ", own)}>" : "");
    }

    public static string Constraints(IEnumerable<Type> parameters) => string.Concat(parameters.Where(one => one.IsGenericParameter).Select(Constraint));

    private static string Constraint(Type parameter)
    {
        var attributes = parameter.GenericParameterAttributes;
        List<string> parts = [];
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            parts.Add("class");
        if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            parts.Add("struct");
        parts.AddRange(parameter.GetGenericParameterConstraints().Where(one => one != typeof(ValueType)).Select(Of).Order(StringComparer.Ordinal));
        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !parts.Contains("struct"))
            parts.Add("new()");
        return parts.Count > 0 ? $" where {parameter.Name} : {string.Join(", ", parts)}" : "";
    }

    private static Type Close(Type declaring, Type[] arguments) =>
        declaring.IsGenericTypeDefinition ? declaring.MakeGenericType(arguments[..declaring.GetGenericArguments().Length]) : declaring;
}
