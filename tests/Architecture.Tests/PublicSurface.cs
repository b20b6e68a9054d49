using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Serving.Architecture.Tests;

/// <summary>
/// The public and protected surface of an assembly, one line per type and member, sorted. What the compiler adds to records is left out,
/// and so are overrides: they promise nothing their base did not.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) =>
        [.. assembly.GetExportedTypes()
            .Where(type => !type.Name.Contains('<', StringComparison.Ordinal))
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type => Members(type).Order(StringComparer.Ordinal).Prepend(Declaration(type)))];

    private static string Declaration(Type type)
    {
        var bases = type.IsEnum || type.IsValueType || type.BaseType is null || type.BaseType == typeof(object) || IsDelegate(type)
            ? [] : new[] { TypeNames.Of(type.BaseType) };
        IEnumerable<string> interfaces = type.IsEnum || IsDelegate(type) ? [] : type.GetInterfaces()
            .Where(one => one.IsVisible && !(IsRecord(type) && one.Name == "IEquatable`1"))
            .Select(TypeNames.Of).Order(StringComparer.Ordinal);
        var heirs = string.Join(", ", bases.Concat(interfaces));
        return $"{Modifiers(type)}{Kind(type)} {type.Namespace}.{TypeNames.Of(type)}{(heirs.Length > 0 ? " : " : "")}{heirs}{TypeNames.Constraints(type.GetGenericArguments())}";
    }

    private static string Modifiers(Type type) => type switch
    {
        { IsInterface: true } or { IsEnum: true } or { IsValueType: true } => "",
        _ when IsDelegate(type) => "",
        { IsAbstract: true, IsSealed: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsSealed: true } => "sealed ",
        _ => "",
    };

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        _ when IsDelegate(type) => "delegate",
        { IsValueType: true } => "struct",
        _ => IsRecord(type) ? "record" : "class",
    };

    private static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(MulticastDelegate));

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", Declared | BindingFlags.FlattenHierarchy) is not null;

    private static IEnumerable<string> Members(Type type)
    {
        var owner = $"{type.Namespace}.{TypeNames.Of(type)}: ";
        foreach (var member in type.GetMembers(Declared))
        {
            var line = member switch
            {
                ConstructorInfo one when IsPromised(one) && !IsDelegate(type) => $"{Access(one)}new({Parameters(one)})",
                PropertyInfo one => Property(one),
                MethodInfo one when IsPromised(one) && (!one.IsSpecialName || IsOperator(one)) && (!IsDelegate(type) || one.Name == "Invoke") => Method(one),
                FieldInfo one when one.IsPublic || one.IsFamily || one.IsFamilyOrAssembly => Field(one),
                EventInfo one when one.AddMethod is { } add && IsPromised(add) => $"{Access(add)}event {one.Name} -> {TypeNames.Of(one.EventHandlerType!)}", // C# events have one
                _ => null,
            };
            if (line is not null)
                yield return owner + line;
        }
    }

    private static bool IsOperator(MethodInfo method) => method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsPromised(MethodBase method) =>
        (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
        && !method.IsDefined(typeof(CompilerGeneratedAttribute), false)
        && !IsOverride(method);

    private static bool IsOverride(MethodBase method) => method is MethodInfo one && one.GetBaseDefinition() != one;

    private static string? Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(one => (one.IsPublic || one.IsFamily || one.IsFamilyOrAssembly) && !IsOverride(one)).ToList();
        if (accessors.Count == 0 || property.Name == "EqualityContract")
            return null;
        var widest = accessors.FirstOrDefault(one => one.IsPublic) ?? accessors[0];
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(Parameter))}]" : "";
        var required = property.IsDefined(typeof(RequiredMemberAttribute), false) ? "required " : "";
        var verbs = accessors.Select(one => (one == widest || Access(one) == Access(widest) ? "" : Access(one)) + Verb(property, one)).Order(StringComparer.Ordinal);
        return $"{Access(widest)}{required}{property.Name}{index} {{ {string.Join("; ", verbs)}; }} -> {TypeNames.Of(property.PropertyType)}";
    }

    private static string Verb(PropertyInfo property, MethodInfo accessor) =>
        accessor == property.GetMethod ? "get"
        : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set";

    private static string Method(MethodInfo method)
    {
        var arguments = method.GetGenericArguments();
        var generic = arguments.Length > 0 ? $"<{string.Join(", ", arguments.Select(TypeNames.Of))}>" : "";
        return $"{Access(method)}{method.Name}{generic}({Parameters(method)}) -> {TypeNames.Of(method.ReturnType)}{TypeNames.Constraints(arguments)}";
    }

    private static string? Field(FieldInfo field)
    {
        if (field.IsSpecialName) // an enum's own storage
            return null;
        var value = field.IsLiteral ? $" = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}" : "";
        var kind = field.IsLiteral ? "const " : field.IsStatic ? "static " : "";
        return $"{kind}{(field.IsInitOnly ? "readonly " : "")}{field.Name}{value} -> {TypeNames.Of(field.FieldType)}";
    }

    private static string Access(MethodBase method)
    {
        var access = method.IsPublic ? "" : "protected ";
        var kind = method switch
        {
            { IsStatic: true } => "static ",
            { DeclaringType.IsInterface: true } => "",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
        return access + kind;
    }

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var passing = parameter switch
        {
            { IsOut: true } => "out ",
            { IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ => parameter.IsDefined(typeof(ParamArrayAttribute), false) || parameter.IsDefined(typeof(ParamCollectionAttribute), false) ? "params " : "",
        };
        var value = parameter.HasDefaultValue
            ? $" = {(parameter.DefaultValue is { } given ? Convert.ToString(given, CultureInfo.InvariantCulture) : "default")}"
            : "";
        return $"{passing}{TypeNames.Of(parameter.ParameterType)} {parameter.Name}{value}";
    }
}
