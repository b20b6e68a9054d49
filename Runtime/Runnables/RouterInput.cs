namespace Serving.Runtime.Runnables;

/// <summary>What a router takes.</summary>
/// <param name="Key">Which of its routes is to answer.</param>
/// <param name="Input">What that route takes.</param>
public sealed record RouterInput<TIn>(string Key, TIn Input);
