namespace Serving.LoadTests.Client;

/// <summary>A connection broke, or what came over it is no HTTP.</summary>
internal sealed class BrokenAnswerException(string message) : IOException(message);
