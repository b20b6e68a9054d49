using Serving.Runtime.Errors;

namespace Serving.Runtime.Runnables;

/// <summary>Which errors another try, or another runnable, can make good.</summary>
internal static class TransientErrors
{
    public static bool Includes(Exception error) => error switch
    {
        OperationCanceledException => false,
        ServingException serving => serving.Kind is ErrorKind.RateLimited or ErrorKind.Timeout or ErrorKind.Overloaded or ErrorKind.ShuttingDown
            or ErrorKind.BadGateway or ErrorKind.ProviderUnavailable or ErrorKind.Internal,
        _ => true,
    };
}
