using System.Net;

namespace Serving.CompareServers;

/// <summary>
/// Passes a completion on byte for byte: the least that Kestrel and HttpClient can do between a client and a provider. What the host takes beyond it is its own.
/// </summary>
internal static class Relay
{
    private const string Path = "/v1/chat/completions";

    public static WebApplication Create(Uri provider)
    {
        var address = new Uri(provider, Path);
        var http = new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None });
        var app = BareApp.Create();
        app.MapPost(Path, context => RelayAsync(http, address, context));
        return app;
    }

    private static async Task RelayAsync(HttpMessageInvoker http, Uri address, HttpContext context)
    {
        var read = await context.Request.BodyReader.ReadAtLeastAsync((int)context.Request.ContentLength!.Value, context.RequestAborted); // compare always tells it
        using var body = new ReadOnlyMemoryContent(read.Buffer.First);
        body.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
        using var answer = await http.SendAsync(request, context.RequestAborted);
        context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = answer.Content.Headers.ContentLength;
        await using var content = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        while (true)
        {
            var count = await content.ReadAsync(context.Response.BodyWriter.GetMemory(4096), context.RequestAborted);
            if (count == 0)
                return;
            context.Response.BodyWriter.Advance(count);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }
}
