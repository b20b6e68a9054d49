using System.Text.Json.Nodes;
using Serving.Endpoints.Handlers;
using Serving.Endpoints.Hosting;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.OpenApi;

/// <summary>The bodies that one chain's endpoints take and give, as they are without a config. Each is made when it is first asked for.</summary>
internal sealed class ChainSchemas
{
    private readonly ServedChain _chain;
    private readonly string _id;
    private readonly SchemaComponents _components;
    private readonly JsonObject _outputSchema;
    private readonly Lazy<JsonObject> _input;
    private readonly Lazy<JsonObject> _output;
    private readonly Lazy<JsonObject> _config;

    public ChainSchemas(ServedChain chain, string id, SchemaComponents components)
    {
        _chain = chain;
        _id = id;
        _components = components;
        var inputShape = chain.Chain.GetInputShape(RunConfig.Empty);
        Example = InputExample.Of(inputShape, chain.Options);
        _outputSchema = components.SchemaOf(chain.Chain.GetOutputShape(RunConfig.Empty), id);
        _input = new(() => Part("input", components.SchemaOf(inputShape, id), Example));
        _output = new(() => Part("output", (JsonObject)_outputSchema.DeepClone(), null));
        _config = new(() => Part("config", components.SchemaOf(chain.ConfigShape, id), null));
    }

    /// <summary>An input the chain takes; null if none is known.</summary>
    public JsonNode? Example { get; }

    private JsonObject Input => Copy(_input);

    private JsonObject Output => Copy(_output);

    private JsonObject Config => Copy(_config);

    /// <summary>The body of a POST.</summary>
    public JsonObject Request(string endpoint)
    {
        var ignored = new JsonObject { ["description"] = "Taken and ignored." };
        if (endpoint == "batch")
        {
            return _components.Add($"{_id}_batch_request", WireSchemas.Object(
                $"{_id}_batch_request",
                ("inputs", WireSchemas.ArrayOf(Input), true),
                ("config", WireSchemas.AnyOf(Config, WireSchemas.ArrayOf(Config)), false),
                ("kwargs", new JsonObject { ["description"] = "May hold return_exceptions; the rest is ignored." }, false),
                ("return_exceptions", new JsonObject { ["type"] = "boolean", ["default"] = false, ["description"] = "Puts failures in the places of their answers, instead of failing as a whole." }, false)));
        }

        if (endpoint is not ("stream_log" or "stream_events"))
        {
            // Invoke and stream take the same.
            return _components.Add($"{_id}_request", WireSchemas.Object($"{_id}_request", ("input", Input, true), ("config", Config, false), ("kwargs", ignored, false)));
        }

        return _components.Add($"{_id}_events_request", WireSchemas.Object(
            $"{_id}_events_request",
            ("input", Input, true),
            ("config", Config, false),
            ("kwargs", ignored, false),
            ("include_names", Filter("Tells only of runs with these names."), false),
            ("include_types", Filter("Tells only of runs of these kinds, such as chat_model."), false),
            ("include_tags", Filter("Tells only of runs with one of these tags."), false),
            ("exclude_names", Filter("Tells of no run with these names."), false),
            ("exclude_types", Filter("Tells of no run of these kinds."), false),
            ("exclude_tags", Filter("Tells of no run with one of these tags."), false)));
    }

    /// <summary>The body that shows a request; null without an example.</summary>
    public JsonNode? RequestExample(string endpoint) => Example is null
        ? null
        : endpoint == "batch" ? new JsonObject { ["inputs"] = new JsonArray(Example.DeepClone()) } : new JsonObject { ["input"] = Example.DeepClone() };

    /// <summary>The body of a 200.</summary>
    public JsonObject Response(string endpoint) => endpoint switch
    {
        "invoke" => _components.Add($"{_id}_response", Response(Output, Shared("RunMetadata", WireSchemas.RunMetadata), Events())),
        "batch" => _components.Add($"{_id}_batch_response", Response(
            WireSchemas.ArrayOf(WireSchemas.AnyOf(Output, Shared("BatchError", WireSchemas.BatchError))),
            WireSchemas.Object(
                "Metadata",
                ("responses", WireSchemas.ArrayOf(Shared("RunMetadata", WireSchemas.RunMetadata)), true),
                ("run_ids", WireSchemas.ArrayOf(new JsonObject { ["type"] = "string", ["format"] = "uuid" }), true)),
            WireSchemas.ArrayOf(Events()))),
        "stream" => _components.Add($"{_id}_stream_event", Stream(
            WireSchemas.Event("metadata", "Comes with the first chunk.", Shared("StreamStart", WireSchemas.StreamStart)),
            WireSchemas.Event("data", "A chunk of the output. Chunks add up to it.", Pieces.Of(_outputSchema)))),
        "stream_log" => Shared("LogStreamEvent", Stream(
            WireSchemas.Event("data", "A change of the run's log.", Shared("LogPatch", WireSchemas.LogPatch)))),
        "stream_events" => Shared("EventsStreamEvent", Stream(
            WireSchemas.Event("data", "An event of the run or of a run below it.", Shared("RunEvent", WireSchemas.RunEvent)))),
        _ => new JsonObject { ["type"] = "object", ["description"] = "A JSON schema." },
    };

    private JsonObject Response(JsonObject output, JsonObject metadata, JsonObject events) => _chain.Options.IncludeCallbackEvents
        ? WireSchemas.Object("Response", ("output", output, true), ("metadata", metadata, true), ("callback_events", events, true))
        : WireSchemas.Object("Response", ("output", output, true), ("metadata", metadata, true));

    private JsonObject Events() =>
        WireSchemas.ArrayOf(_chain.Options.IncludeCallbackEvents ? Shared("CallbackEvent", WireSchemas.CallbackEvent) : []);

    private JsonObject Stream(params JsonObject[] events) => new()
    {
        ["description"] = "One server-sent event; its data is JSON.",
        ["oneOf"] = new JsonArray(
        [
            .. events,
            WireSchemas.Event("error", "The run failed after the answer had begun; nothing follows.", Shared("StreamError", WireSchemas.StreamError)),
            WireSchemas.Event("end", "The run is over. Has no data.", null),
        ]),
    };

    private JsonObject Shared(string name, JsonObject schema) => _components.Add(name, schema);

    /// <summary>Input, output or config as a component of its own; one that refers to a component as a whole is that component.</summary>
    private JsonObject Part(string name, JsonObject schema, JsonNode? example)
    {
        if (schema.ContainsKey("$ref"))
            return schema;
        schema["title"] = SchemaTitle.Of(_chain.Chain, name);
        if (example is not null)
            schema["examples"] = new JsonArray(example.DeepClone());
        return _components.Add($"{_id}_{name}", schema);
    }

    private static JsonObject Filter(string description) => new()
    {
        ["description"] = description,
        ["anyOf"] = new JsonArray(WireSchemas.ArrayOf(new JsonObject { ["type"] = "string" }), new JsonObject { ["type"] = "null" }),
    };

    private static JsonObject Copy(Lazy<JsonObject> schema) => (JsonObject)schema.Value.DeepClone();
}
