using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Health;

namespace Serving.Endpoints.Tests.Health;

public sealed class ReadinessDetailTests
{
    [Fact]
    public async Task Ready_DetailsSomeOfWhichFail_TellsTheOthersAndStays200()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        Detail[] details =
        [
            new("broken", writer =>
            {
                writer.WriteStartObject();
                throw new InvalidOperationException("canary");
            }),
            new("unfinished", writer => writer.WriteStartArray()),
            new("silent", _ => { }),
            new("good", writer => writer.WriteNumberValue(7)),
        ];
        await using var app = await TestHost.StartAsync(
            builder => Array.ForEach(details, detail => builder.Services.AddSingleton<IReadinessDetail>(detail)),
            app => app.MapServingHealth());
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var ready = await http.GetAsync("/ready", cancellationToken);
        var health = await http.GetStringAsync("/health", cancellationToken);

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal("""{"status":"ready","in_flight":0,"limit":1000,"good":7}""", await ready.Content.ReadAsStringAsync(cancellationToken));
        Assert.Equal("""{"status":"healthy"}""", health);
    }

    private sealed class Detail(string name, Action<Utf8JsonWriter> write) : IReadinessDetail
    {
        public string Name => name;

        public void Write(Utf8JsonWriter writer) => write(writer);
    }
}
