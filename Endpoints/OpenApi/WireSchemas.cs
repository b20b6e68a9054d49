using System.Text.Json.Nodes;

namespace Serving.Endpoints.OpenApi;

/// <summary>Schemas of what is the same for every chain. Each is made anew, for whoever puts it into a document to own.</summary>
internal static class WireSchemas
{
    public static JsonObject Error => Parse("""
        {
          "title": "Error",
          "type": "object",
          "properties": {
            "detail": {
              "description": "The message again, or the problems of the request, each with its place.",
              "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" } },
                {
                  "type": "array",
                  "items": {
                    "title": "InputProblem",
                    "type": "object",
                    "properties": {
                      "type": { "type": "string", "description": "A stable code, such as missing." },
                      "loc": { "type": "array", "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] } },
                      "msg": { "type": "string" },
                      "input": { "description": "What was there instead." }
                    },
                    "required": ["type", "loc", "msg", "input"]
                  }
                }
              ]
            },
            "message": { "type": "string", "description": "A sentence for people." },
            "run_id": { "type": "string", "format": "uuid", "description": "The run that failed, if one was begun." }
          },
          "required": ["detail", "message"]
        }
        """);

    public static JsonObject RunMetadata => Parse("""
        {
          "title": "RunMetadata",
          "type": "object",
          "properties": {
            "run_id": { "type": "string", "format": "uuid" },
            "feedback_tokens": { "type": "array", "items": { "type": "object" }, "description": "Always empty." }
          },
          "required": ["run_id", "feedback_tokens"]
        }
        """);

    public static JsonObject BatchError => Parse("""
        {
          "title": "BatchError",
          "description": "Stands in the place of an answer that failed, if return_exceptions was set.",
          "type": "object",
          "properties": {
            "error": {
              "type": "object",
              "properties": {
                "status_code": { "type": "integer" },
                "message": { "type": "string" },
                "type": { "type": "string", "description": "A stable word, such as rate_limited." }
              },
              "required": ["status_code", "message", "type"]
            }
          },
          "required": ["error"]
        }
        """);

    public static JsonObject CallbackEvent => Parse("""
        {
          "title": "CallbackEvent",
          "description": "One event of the run or of a run below it. Which other fields it has depends on its type.",
          "type": "object",
          "properties": {
            "type": { "type": "string", "description": "Such as on_chain_start, on_llm_end or on_tool_error." },
            "run_id": { "type": "string", "format": "uuid" },
            "parent_run_id": { "anyOf": [{ "type": "string", "format": "uuid" }, { "type": "null" }] },
            "tags": { "type": "array", "items": { "type": "string" } },
            "metadata": { "anyOf": [{ "type": "object" }, { "type": "null" }] },
            "kwargs": { "type": "object" }
          },
          "required": ["type", "run_id", "parent_run_id", "tags", "metadata", "kwargs"],
          "additionalProperties": true
        }
        """);

    public static JsonObject LogPatch => Parse("""
        {
          "title": "LogPatch",
          "description": "Operations of JSON Patch (RFC 6902). All of them in order build up the log of the run, its answer under /final_output.",
          "type": "object",
          "properties": {
            "ops": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "op": { "type": "string", "enum": ["add", "replace", "remove"] },
                  "path": { "type": "string", "description": "A JSON Pointer (RFC 6901)." },
                  "value": {}
                },
                "required": ["op", "path"]
              }
            }
          },
          "required": ["ops"]
        }
        """);

    public static JsonObject RunEvent => Parse("""
        {
          "title": "RunEvent",
          "type": "object",
          "properties": {
            "event": { "type": "string", "description": "Such as on_chain_start, on_chat_model_stream, on_parser_end or on_custom_event." },
            "data": { "description": "At a start the input, in a stream a chunk, at an end the output and the input; of a custom event, what the chain sent." },
            "name": { "type": "string", "description": "The name of the run." },
            "tags": { "type": "array", "items": { "type": "string" } },
            "run_id": { "type": "string", "format": "uuid" },
            "metadata": { "type": "object" },
            "parent_ids": { "type": "array", "items": { "type": "string", "format": "uuid" }, "description": "From the root down; empty in version 1 of the events." }
          },
          "required": ["event", "data", "name", "tags", "run_id", "metadata", "parent_ids"]
        }
        """);

    public static JsonObject StreamStart => Parse("""
        {
          "title": "StreamStart",
          "type": "object",
          "properties": { "run_id": { "type": "string", "format": "uuid" } },
          "required": ["run_id"]
        }
        """);

    public static JsonObject StreamError => Parse("""
        {
          "title": "StreamError",
          "type": "object",
          "properties": {
            "status_code": { "type": "integer", "description": "The status the answer would have had." },
            "message": { "type": "string", "description": "A sentence for people." },
            "run_id": { "type": "string", "format": "uuid" }
          },
          "required": ["status_code", "message", "run_id"]
        }
        """);

    /// <summary>A server-sent event of one name.</summary>
    public static JsonObject Event(string name, string description, JsonObject? data)
    {
        var schema = new JsonObject
        {
            ["title"] = name,
            ["description"] = description,
            ["type"] = "object",
            ["properties"] = new JsonObject { ["event"] = new JsonObject { ["type"] = "string", ["const"] = name } },
            ["required"] = new JsonArray("event"),
        };
        if (data is not null)
        {
            schema["properties"]!["data"] = data;
            schema["required"]!.AsArray().Add("data");
        }

        return schema;
    }

    public static JsonObject Object(string title, params ReadOnlySpan<(string Name, JsonObject Schema, bool Required)> properties)
    {
        var schema = new JsonObject { ["title"] = title, ["type"] = "object", ["properties"] = new JsonObject() };
        var required = new JsonArray();
        foreach (var (name, property, isRequired) in properties)
        {
            schema["properties"]![name] = property;
            if (isRequired)
                required.Add(name);
        }

        if (required.Count > 0)
            schema["required"] = required;
        return schema;
    }

    public static JsonObject ArrayOf(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    public static JsonObject AnyOf(params ReadOnlySpan<JsonObject> options)
    {
        var list = new JsonArray();
        foreach (var option in options)
            list.Add(option);
        return new JsonObject { ["anyOf"] = list };
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
