namespace Serving.Runtime.Errors;

/// <summary>Two steps that do not fit together were composed. Thrown while a chain is built, never while it runs.</summary>
/// <param name="message">Which steps, and what each of them takes or gives.</param>
public sealed class CompositionException(string message) : Exception(message);
