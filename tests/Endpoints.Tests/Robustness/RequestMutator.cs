using System.Text;

namespace Serving.Endpoints.Tests.Robustness;

/// <summary>Makes requests that are wrong in every way a seed can think of.</summary>
internal sealed class RequestMutator(int seed)
{
    private static readonly string[] Chains =
    [
        "echo", "add_one", "chat_str", "messages", "configurable", "configurable_hidden", "show_config_all", "tool", "parallel", "history",
        "chat_model", "callbacks_ok", "callbacks", "retriever", "pydantic_input", "rag", "prompt", "llm", "chat_playground", "per_req", "nowhere",
    ];

    private static readonly string[] Endpoints = ["invoke", "batch", "stream", "stream_log", "stream_events", "input_schema", "config_schema", "nothing"];

    private static readonly string[] Names =
    [
        "input", "inputs", "config", "configurable", "type", "content", "messages", "a", "b", "topic", "name", "tags", "metadata", "run_id", "x", "role",
        "tool_calls", "tool_call_id", "id", "text", "kwargs", "llm", "template", "session_id", "question", "recursion_limit", "max_concurrency",
    ];

    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "1", "-1", "5.5", "1e308", "-0.0", "1e400", "123456789012345678901234567890", "\"\"", "\"x\"", "\"5\"", "\"human\"",
        "\"ai\"", "\"tool\"", "\"generic\"", "\"AIMessageChunk\"", "{}", "[]", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "NaN", "\"{name}\"", "\"{\"",
    ];

    private readonly Random _random = new(seed);

    public HttpRequestMessage Next()
    {
        var chain = Pick(Chains);
        var path = _random.Next(10) switch
        {
            0 => $"/{chain}/c/{Letters(_random.Next(1, 120))}/{Pick(Endpoints)}",
            1 => $"/{chain}/{Pick(Endpoints)}/",
            _ => $"/{chain}/{Pick(Endpoints)}",
        };
        var method = _random.Next(12) == 0 ? Pick(["PUT", "DELETE", "GET", "PATCH", "OPTIONS"]) : "POST";
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(Body()) };
        if (_random.Next(4) == 0)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick(["text/plain", "application/json; charset=utf-16", "multipart/form-data", "x"]));
        if (_random.Next(6) == 0)
            request.Headers.TryAddWithoutValidation(Pick(["Accept", "User-Agent", "x-user", "X-Token", "traceparent", "If-Match"]), Letters(_random.Next(0, 300)));
        return request;
    }

    private byte[] Body()
    {
        switch (_random.Next(20))
        {
            case < 11:
                return Encoding.UTF8.GetBytes(Envelope());
            case < 14:
                var whole = Encoding.UTF8.GetBytes(Envelope());
                return whole[.._random.Next(whole.Length + 1)];
            case < 16:
                var changed = Encoding.UTF8.GetBytes(Envelope());
                for (var i = 0; i < 3; i++)
                    changed[_random.Next(changed.Length)] = (byte)_random.Next(256);
                return changed;
            case 16:
                var noise = new byte[_random.Next(80)];
                _random.NextBytes(noise);
                return noise;
            case 17:
                var depth = _random.Next(1, 600);
                return Encoding.UTF8.GetBytes($$"""{"input":{{new string('[', depth)}}{{new string(']', depth)}}}""");
            case 18:
                return Encoding.UTF8.GetBytes($$"""{"input":"\ud8{{_random.Next(256):x2}}"}""");
            default:
                return Encoding.Unicode.GetBytes(Envelope());
        }
    }

    private string Envelope() => _random.Next(8) switch
    {
        0 => Value(0),
        < 3 => $$"""{"inputs":{{(_random.Next(2) == 0 ? $"[{Value(0)},{Value(0)}]" : Value(0))}},"config":{{Value(0)}},"return_exceptions":{{Pick(["true", "false", "1"])}}}""",
        < 5 => $$$"""{"input":{{{Value(0)}}},"config":{"configurable":{{{Value(0)}}},"tags":{{{Value(1)}}},"run_id":{{{Value(2)}}} }}""",
        < 6 => $$"""{"input":{{Value(0)}},"include_names":{{Value(1)}},"exclude_tags":{{Value(1)}}}""",
        _ => $$"""{"input":{{Value(0)}},"config":{{Value(1)}}}""",
    };

    private string Value(int depth)
    {
        if (depth > 3 || _random.Next(2) == 0)
            return Pick(Scalars);
        var parts = Enumerable.Range(0, _random.Next(4)).Select(_ => Value(depth + 1)).ToList();
        return _random.Next(3) == 0 ? $"[{string.Join(',', parts)}]" : $"{{{string.Join(',', parts.Select(part => $"\"{Pick(Names)}\":{part}"))}}}";
    }

    private string Letters(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => Pick(["A", "b", "N", "4", "+", "-", "$", "I", "g", "x", "%2e", "9"])));

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
