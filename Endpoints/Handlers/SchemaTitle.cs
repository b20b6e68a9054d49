using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Handlers;

/// <summary>Titles of schemas, as clients of LangServe know them: <c>echo_input</c> for a chain named echo, <c>RunnableSequenceInput</c> for a sequence.</summary>
internal static class SchemaTitle
{
    public static string Of(IRunnable chain, string part) =>
        char.IsUpper(chain.Name[0]) ? chain.Name + char.ToUpperInvariant(part[0]) + part[1..] : $"{chain.Name}_{part}";
}
