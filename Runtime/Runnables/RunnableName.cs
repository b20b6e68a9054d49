namespace Serving.Runtime.Runnables;

/// <summary>Default names of steps: the type's, without its type arguments.</summary>
internal static class RunnableName
{
    public static string Of(Type type)
    {
        var name = type.Name;
        var arity = name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? name : name[..arity];
    }

    /// <summary>A type as people write it, with its type arguments.</summary>
    public static string OfType(Type type) => type.IsGenericType
        ? $"{Of(type)}<{string.Join(", ", type.GetGenericArguments().Select(OfType))}>"
        : type.Name;

    /// <summary>The title of a schema: <c>echo_input</c> for <c>echo</c>, <c>PromptInput</c> for <c>Prompt</c>.</summary>
    public static string Title(string name, string suffix) =>
        name.Length > 0 && char.IsUpper(name[0]) ? name + char.ToUpperInvariant(suffix[0]) + suffix[1..] : $"{name}_{suffix}";
}
