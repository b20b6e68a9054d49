using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serving.Runtime.Prompts;

namespace Serving.Endpoints.Handlers;

/// <summary>
/// The services of a request, whose scope is made when a step first asks for one: with what hangs on it, a scope is 0.3 KB of a call. The limits of prompts, which every run asks for, are known
/// without. A run that outlives its request gets none. Thread-safe, so that branches can ask at the same time.
/// </summary>
internal sealed class RequestServices(HttpContext http, PromptLimits prompts) : IKeyedServiceProvider
{
    private readonly Lock _gate = new();
    private IServiceProvider? _scope;
    private bool _isOver;

    private IServiceProvider Scope
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isOver, typeof(IServiceProvider));
                return _scope ??= http.RequestServices;
            }
        }
    }

    public object? GetService(Type serviceType) => serviceType == typeof(PromptLimits) ? prompts : Scope.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) => Scope.GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => Scope.GetRequiredKeyedService(serviceType, serviceKey);

    /// <summary>Says that the request is over. Its <see cref="HttpContext"/> is another's then.</summary>
    public void End()
    {
        lock (_gate)
            _isOver = true;
    }
}
