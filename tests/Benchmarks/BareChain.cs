using System.Buffers;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Serving.Benchmarks;

/// <summary>
/// The same chain as a careful programmer writes it by hand: template, request and answer by source-generated JSON, one HttpClient. No retries, limits,
/// deadlines, schemas or validation; the bytes in and out are Serving's.
/// </summary>
internal static class BareChain
{
    public static void Map(WebApplication app, Uri provider)
    {
        var http = ProviderChains.Http();
        var address = new Uri(provider, "/v1/chat/completions");
        app.MapPost("/joke/invoke", async (JokeRequest request, CancellationToken cancellationToken) =>
        {
            using var message = Message(address, request, stream: false);
            using var response = await http.SendAsync(message, cancellationToken);
            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync(EchoJson.Default.Completion, cancellationToken);
            return new JokeAnswer(answer!.Choices[0].Message!.Content!, new EchoMetadata(Guid.NewGuid(), []));
        });
        app.MapPost("/joke/stream", async (JokeRequest request, HttpContext context) =>
        {
            using var message = Message(address, request, stream: true);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            response.EnsureSuccessStatusCode();
            context.Response.ContentType = "text/event-stream";
            await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
            var pieces = SseParser.Create(body, static (_, data) => data.SequenceEqual("[DONE]"u8) ? null : JsonSerializer.Deserialize(data, EchoJson.Default.Completion));
            await foreach (var piece in pieces.EnumerateAsync(context.RequestAborted))
            {
                if (piece.Data?.Choices is not [{ Delta.Content: { Length: > 0 } text }, ..])
                    continue;
                context.Response.BodyWriter.Write("event: data\r\ndata: "u8);
                context.Response.BodyWriter.Write(JsonSerializer.SerializeToUtf8Bytes(text, EchoJson.Default.String));
                context.Response.BodyWriter.Write("\r\n\r\n"u8);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }

            context.Response.BodyWriter.Write("event: end\r\n\r\n"u8);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        });
    }

    private static HttpRequestMessage Message(Uri address, JokeRequest request, bool stream) => new(HttpMethod.Post, address)
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "key") },
        Content = JsonContent.Create(
            new CompletionRequest(
                ProviderChains.Model,
                [new ChatText("system", ProviderChains.System), new ChatText("user", $"Tell me a joke about {request.Input.Topic}")],
                stream),
            EchoJson.Default.CompletionRequest),
    };
}
