using Serving.Endpoints.Options;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;

namespace Serving.ConformanceHost;

/// <summary>Where each chain is served, and how.</summary>
internal static class ChainRoutes
{
    public static void MapConformanceChains(this WebApplication app)
    {
        app.MapRunnable("/echo", Chains.Echo);
        app.MapRunnable("/add_one", Chains.AddOne);
        app.MapRunnable("/pydantic_input", Chains.Greet);
        app.MapRunnable("/parallel", Chains.Parallel);
        app.MapRunnable("/prompt", Chains.Prompt);
        app.MapRunnable("/chat_model", Chains.ChatModel);
        app.MapRunnable("/llm", Chains.TextModel);
        app.MapRunnable("/chat", Chains.Chat);
        app.MapRunnable("/chat_str", Chains.ChatText);
        app.MapRunnable("/chat_playground", Chains.ChatPlayground);
        app.MapRunnable("/events_v1", Chains.ChatText, options => options.StreamEventsVersion = StreamEventsVersion.V1);
        app.MapRunnable("/retriever", Chains.Retriever);
        app.MapRunnable("/rag", Chains.Rag, options => options.IncludeCallbackEvents = true);
        app.MapRunnable("/tool", Chains.Multiply);
        app.MapRunnable("/messages", Chains.Messages);
        app.MapRunnable("/history", Chains.History);
        app.MapRunnable("/wellknown", WellKnown.Chain);

        // Config: what callers may set, and what the host makes of it.
        app.MapRunnable("/configurable", Chains.Configurable);
        app.MapRunnable("/configurable_hidden", Chains.Configurable, options => options.ConfigKeys = ConfigKeys.Tags);
        app.MapRunnable("/show_config", Chains.ShowConfig);
        app.MapRunnable("/show_config_all", Chains.ShowConfig, options => options.ConfigKeys = ConfigKeys.All);
        app.MapRunnable("/per_req", Chains.ShowConfig, options => options.PerRequestConfig = AddUserAsync);
        app.MapRunnable("/per_req_meta", Chains.ShowConfig, options =>
        {
            options.ConfigKeys = ConfigKeys.Configurable | ConfigKeys.Metadata;
            options.PerRequestConfig = AddUserAsync;
        });

        // Streams and failures.
        app.MapRunnable("/stream_dicts", Chains.StreamDicts);
        app.MapRunnable("/stream_empty", Chains.StreamEmpty);
        app.MapRunnable("/stream_slow", Chains.StreamSlow);
        app.MapRunnable("/stream_newlines", Chains.StreamNewlines);
        app.MapRunnable("/failing", Chains.Failing);
        app.MapRunnable("/failing_on_2", Chains.FailingOnTwo);
        app.MapRunnable("/failing_http", Chains.FailingHttp);
        app.MapRunnable("/failing_stream", Chains.FailingStream);

        // Events in the answer.
        app.MapRunnable("/callbacks", Chains.ChatText, options => options.IncludeCallbackEvents = true);
        app.MapRunnable("/callbacks_ok", Chains.CallbackEvents, options => options.IncludeCallbackEvents = true);
        app.MapRunnable("/callbacks_tool", Chains.Shout, options => options.IncludeCallbackEvents = true);
        app.MapRunnable("/callbacks_error", Chains.FallingBack, options => options.IncludeCallbackEvents = true);
        app.MapRunnable("/callbacks_failing", Chains.Failing, options => options.IncludeCallbackEvents = true);

        // Which endpoints, behind which guard, under which group.
        app.MapRunnable("/only_invoke", Chains.Echo, options => options.Endpoints = ChainEndpoints.Invoke);
        app.MapRunnable("/no_batch", Chains.Echo, options => options.Endpoints = ChainEndpoints.All & ~(ChainEndpoints.Batch | ChainEndpoints.ConfigHashes));
        app.MapRunnable("/deps", Chains.Echo).AddEndpointFilter(RequireTokenAsync);
        app.MapGroup("/api/v1").MapRunnable("/routed", Chains.Echo);
    }

    private static ValueTask<RunConfig> AddUserAsync(RunConfig config, HttpContext http)
    {
        if (http.Request.Headers.ContainsKey("x-forbid"))
            throw new StatusException(StatusCodes.Status401Unauthorized, "No!");
        var user = http.Request.Headers["x-user"].FirstOrDefault();
        return new ValueTask<RunConfig>(config with
        {
            Metadata = config.Metadata.With("x_user", user),
            Configurable = config.Configurable.With("user", user),
        });
    }

    private static ValueTask<object?> RequireTokenAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Request.Headers["X-Token"] == "secret-token"
            ? next(context)
            : throw new ServingException(ErrorKind.Unauthorized, "Send the header X-Token with the token you were given.");
}
