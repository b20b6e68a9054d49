using System.Net;
using Serving.ConformanceHost;

namespace Serving.Endpoints.Tests.Robustness;

/// <summary>Whatever is sent, the answer is the caller's fault or a good one; the host stays up and says nothing of its insides.</summary>
public sealed class FuzzTests
{
    private const int Seeds = 4;
    private const int RequestsPerSeed = 2500;

    public static TheoryData<int> AllSeeds => [.. Enumerable.Range(1, Seeds)];

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public async Task MalformedRequests_OfEveryKind_AreNeverAServerError(int seed)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var app = await TestHost.StartAsync(null, app => app.MapConformanceChains());
        using var client = app.CreateClient();
        var mutator = new RequestMutator(seed);
        var refused = 0;
        for (var i = 0; i < RequestsPerSeed; i++)
        {
            using var request = mutator.Next();
            using var answer = await client.SendAsync(request, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);

            var what = $"seed {seed}, request {i}: {request.Method} {request.RequestUri} → {(int)answer.StatusCode} {text}";
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, what);
            Assert.DoesNotContain("\"status_code\":5", text);
            Assert.DoesNotContain("Exception", text);
            Assert.DoesNotContain(" at Serving", text);
            if (answer.StatusCode >= HttpStatusCode.BadRequest)
                refused++;
        }

        Assert.True(refused > RequestsPerSeed / 2, $"only {refused} of {RequestsPerSeed} were refused: these are hardly malformed requests");
        Assert.Equal(2, (await client.CallAsync("/add_one/invoke", """{"input": 1}""")).Json.GetProperty("output").GetInt32());
    }
}
