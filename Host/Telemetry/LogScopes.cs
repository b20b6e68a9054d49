namespace Serving.Host.Telemetry;

/// <summary>
/// The scopes around log lines, but for the server's own: what it says of each request is stated in other ways, and its path may hold a caller's config.
/// Left out where they begin, they cost a request no change of its execution context: 0.2 KB. Thread-safe.
/// </summary>
internal sealed class LogScopes : IExternalScopeProvider
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    public void ForEachScope<TState>(Action<object?, TState> callback, TState state) => _scopes.ForEachScope(callback, state);

    public IDisposable Push(object? state) => IsOfServer(state) ? None.Instance : _scopes.Push(state);

    private static bool IsOfServer(object? scope) => scope?.GetType().Namespace?.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) == true;

    private sealed class None : IDisposable
    {
        public static None Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
