using System.Text;

namespace Serving.Benchmarks;

/// <summary>Answers of Anthropic that cost the server next to nothing.</summary>
internal static class CannedAnthropic
{
    private static readonly byte[] Whole = Encoding.UTF8.GetBytes(
        """{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"A parrot walks into a bar."}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":21,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":9,"service_tier":"standard"}}""");

    private static readonly byte[] Stream = Encoding.UTF8.GetBytes(
        Event("message_start", """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":21,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}""")
        + Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""")
        + string.Concat(Enumerable.Repeat(Event("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" token"}}"""), ClientLoad.Pieces))
        + Event("content_block_stop", """{"type":"content_block_stop","index":0}""")
        + Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1000}}""")
        + Event("message_stop", """{"type":"message_stop"}"""));

    public static async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var streams = (await reader.ReadToEndAsync()).Contains("\"stream\":true", StringComparison.Ordinal);
        var body = streams ? Stream : Whole;
        context.Response.ContentType = streams ? "text/event-stream" : "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";
}
