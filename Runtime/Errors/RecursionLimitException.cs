namespace Serving.Runtime.Errors;

/// <summary>Runnables chosen at run time called each other deeper than the config allows.</summary>
public sealed class RecursionLimitException(string runnable, int limit) : ServingException(
    ErrorKind.InvalidInput,
    $"'{runnable}' nests deeper than {limit} levels, the limit of this call. Raise recursion_limit, or let the chain end earlier.");
