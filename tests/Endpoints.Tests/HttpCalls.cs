using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Serving.Endpoints.Tests;

/// <summary>Calls as clients make them.</summary>
internal static class HttpCalls
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static HttpClient CreateClient(this WebApplication app) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, UseProxy = false })
        {
            BaseAddress = new Uri(app.Urls.First()),
            Timeout = TestHost.Timeout,
        };

    /// <summary>Comes back with the headers.</summary>
    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string body) =>
        client.PostContentAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    public static Task<HttpResponseMessage> PostContentAsync(this HttpClient client, string path, HttpContent body) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = body }, HttpCompletionOption.ResponseHeadersRead, Token);

    public static async Task<(int Status, JsonElement Json)> CallAsync(this HttpClient client, string path, string body)
    {
        using var response = await client.PostAsync(path, body);
        return ((int)response.StatusCode, await response.JsonAsync());
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Token).OrTimeout(), new JsonDocumentOptions { MaxDepth = 300 });
    }

    /// <summary>A whole stream that ended cleanly.</summary>
    public static async Task<IReadOnlyList<SseEvent>> StreamAsync(this HttpClient client, string path, string body)
    {
        using var response = await client.PostAsync(path, body);
        return SseEvent.ParseAll(await response.Content.ReadAsStringAsync(Token).OrTimeout());
    }

    public static string Message(this JsonElement error) => error.GetProperty("message").GetString()!;

    public static Task OrTimeout(this Task task) => task.WaitAsync(TestHost.Timeout, Token);

    public static Task<T> OrTimeout<T>(this Task<T> task) => task.WaitAsync(TestHost.Timeout, Token);
}
