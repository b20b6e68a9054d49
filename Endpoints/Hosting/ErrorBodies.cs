using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Handlers;
using Serving.Endpoints.Wire;

namespace Serving.Endpoints.Hosting;

/// <summary>
/// Gives every error answer of the host a JSON body in the form chains' errors have: unknown paths, wrong methods, refusals of guards, exceptions.
/// Runs outermost, and costs a good answer nothing.
/// </summary>
internal sealed class ErrorBodies(ServingServices services) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(inner => http => AnswerAsync(http, inner));
        next(app);
    };

    private Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        if (SizeOf(http.Request.Headers) > services.Limits.MaxHeaderBytes)
        {
            services.Metrics.Unanswered(http, StatusCodes.Status431RequestHeaderFieldsTooLarge);
            return JsonAnswer.WriteErrorAsync(http, new ErrorAnswer(
                StatusCodes.Status431RequestHeaderFieldsTooLarge,
                $"The request's headers are larger than {services.Limits.MaxHeaderBytes} bytes, the limit (MAX_HEADER_BYTES).")
            {
                Type = "too_large",
            });
        }

        Task answering;
        try
        {
            answering = next(http);
        }
        catch (Exception error)
        {
            return FailAsync(http, error);
        }

        return answering.IsCompletedSuccessfully && http.Response.StatusCode < 400 ? answering : FinishAsync(http, answering);
    }

    /// <summary>What the header lines come to on the wire: name, colon, space, value, line end.</summary>
    private static int SizeOf(IHeaderDictionary headers)
    {
        var size = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                size += name.Length + (value?.Length ?? 0) + 4;
        }

        return size;
    }

    private async Task FinishAsync(HttpContext http, Task answering)
    {
        try
        {
            await answering;
        }
        catch (Exception error)
        {
            await FailAsync(http, error);
            return;
        }

        var response = http.Response;
        if (response.StatusCode >= 400)
            services.Metrics.Unanswered(http, response.StatusCode);
        if (response.HasStarted || response.StatusCode < 400 || response.ContentLength is > 0 || !string.IsNullOrEmpty(response.ContentType))
            return;
        await JsonAnswer.WriteErrorAsync(http, new ErrorAnswer(response.StatusCode, ReasonPhrases.GetReasonPhrase(response.StatusCode)));
    }

    private async Task FailAsync(HttpContext http, Exception error)
    {
        if (http.RequestAborted.IsCancellationRequested)
            return;
        var answer = ErrorTable.Of(error);
        services.Metrics.Unanswered(http, answer.StatusCode);
        if (answer.StatusCode == StatusCodes.Status500InternalServerError)
            Log.RequestFailed(services.Logger, error, http.Request.Method, http.GetEndpoint()?.DisplayName ?? "(no endpoint)", null);
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        await JsonAnswer.WriteErrorAsync(http, answer);
    }
}
