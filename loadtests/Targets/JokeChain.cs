namespace Serving.LoadTests.Targets;

/// <summary>The chain that is called, and what it makes of its input: so that a model can be asked the same without it.</summary>
internal static class JokeChain
{
    public const string Path = "/joke";

    public const string Input = """{"topic":"parrots"}""";

    public const string Messages = """[{"role":"system","content":"You tell short, clean jokes."},{"role":"user","content":"Tell me a joke about parrots"}]""";
}
