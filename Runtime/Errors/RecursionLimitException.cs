namespace Serving.Runtime.Errors;

/// <summary>A chain did not come to an end within the config's recursion limit: steps chosen at run time nest too deep, or an agent asks its model too often.</summary>
public sealed class RecursionLimitException : ServingException
{
    /// <summary>Makes the error of steps that nest too deep.</summary>
    public RecursionLimitException(string runnable, int limit)
        : this($"'{runnable}' nests deeper than {limit} levels, the limit of this call. Raise recursion_limit, or let the chain end earlier.")
    {
    }

    private RecursionLimitException(string message)
        : base(ErrorKind.InvalidInput, message)
    {
    }

    /// <summary>The error of an agent whose model wants tools called and may not be asked again.</summary>
    internal static RecursionLimitException OfAgent(string agent, int limit) =>
        new($"'{agent}' called its model {limit} times, the limit of this call, and has no answer yet. Raise recursion_limit, or ask for less at once.");
}
