using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Serving.Endpoints.Admission;

/// <summary>
/// Makes each answer of a host that goes down the last of its connection, <c>Connection: close</c> or GOAWAY: clients that keep connections come back by a
/// new one, and that leads to another host. An answer that has begun before stays as it is. It is seen when an answer starts, so also on requests that are older than the signal.
/// </summary>
internal sealed class LastAnswers : IStartupFilter
{
    private readonly HostReadiness _readiness;
    private readonly Func<object, Task> _starting;

    public LastAnswers(HostReadiness readiness)
    {
        _readiness = readiness;
        _starting = OnStarting; // one delegate for all requests
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(inner => http =>
        {
            http.Response.OnStarting(_starting, http);
            return inner(http);
        });
        next(app);
    };

    private Task OnStarting(object state)
    {
        if (_readiness.IsStopping)
            ((HttpContext)state).Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        return Task.CompletedTask;
    }
}
