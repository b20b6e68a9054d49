using Serving.Simulator.Answers;
using Serving.Simulator.Ledgers;

namespace Serving.Simulator.Wires;

/// <summary>The JSON of those that speak like OpenAI.</summary>
internal static class CompatibleJson
{
    public const string Passed = """{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}""";
    public const string Blocked = """{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":true,"severity":"high"}}""";

    public static string Whole(Answer answer, CompatibleStyle style)
    {
        var text = answer.Text();
        var isRefusal = answer.Finish == Finish.Refusal && style.IsRich;
        var content = isRefusal || (text.Length == 0 && answer.Calls.Count > 0) ? "null" : $"\"{text}\"";
        var refusal = style.IsRich ? $",\"refusal\":{(isRefusal ? $"\"{text}\"" : "null")},\"annotations\":[]" : "";
        var calls = answer.Calls.Count == 0 ? "" : $",\"tool_calls\":[{string.Join(',', answer.Calls.Select((call, index) => Call(call, index, style)))}]";
        var rest = style.IsRich ? ",\"logprobs\":null" : "";
        var results = style.HasFilterResults ? $",\"content_filter_results\":{Results(answer)}" : "";
        var prompt = style.HasFilterResults ? $",\"prompt_filter_results\":[{{\"prompt_index\":0,\"content_filter_results\":{Passed}}}]" : "";
        var fingerprint = style.IsRich ? ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulator\"" : "";
        return $$"""{"id":"{{style.IdPrefix}}{{answer.Id}}","object":"chat.completion","created":{{answer.Created}},"model":"{{answer.Model}}","choices":[{"index":0,"message":{"role":"assistant","content":{{content}}{{refusal}}{{calls}}}{{rest}},"finish_reason":"{{Reason(answer.Finish)}}"{{results}}}],"usage":{{Usage(answer.Usage, style)}}{{prompt}}{{fingerprint}}}""";
    }

    public static string Call(ToolCall call, int index, CompatibleStyle style) =>
        $$$"""{{{{(style.WholeToolCalls ? $"\"index\":{index}," : "")}}}"id":"{{{style.CallPrefix}}}{{{call.Id}}}","type":"function","function":{"name":"{{{call.Name}}}","arguments":"{{{string.Concat(call.Pieces)}}}"}}""";

    public static string Usage(TokenCounts usage, CompatibleStyle style)
    {
        var details = style.IsRich
            ? $$""","prompt_tokens_details":{"cached_tokens":{{usage.Cached}},"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":{{usage.Reasoning}},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}"""
            : "";
        return $$"""{"prompt_tokens":{{usage.Input}},"completion_tokens":{{usage.Output}},"total_tokens":{{usage.Input + usage.Output}}{{details}}}""";
    }

    public static string Reason(Finish finish) => finish switch
    {
        Finish.Length => "length",
        Finish.ToolCalls => "tool_calls",
        Finish.Filter => "content_filter",
        _ => "stop",
    };

    public static string Results(Answer answer) => answer.Finish == Finish.Filter ? Blocked : Passed;
}
