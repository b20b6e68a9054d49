namespace Serving.Runtime.Errors;

/// <summary>A model's answer does not have the form its parser wants.</summary>
public sealed class OutputParserException : ServingException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was expected. It reaches the client, so it does not quote the answer.</param>
    /// <param name="output">The model's answer; kept for logs at Trace, never sent.</param>
    /// <param name="innerException">The cause.</param>
    public OutputParserException(string message, string output, Exception? innerException = null)
        : base(ErrorKind.BadGateway, message, innerException) => Output = output;

    /// <summary>The model's answer.</summary>
    public string Output { get; }
}
