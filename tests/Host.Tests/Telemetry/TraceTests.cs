using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serving.Providers.Tests;
using Serving.Simulator;

namespace Serving.Host.Tests.Telemetry;

/// <summary>What a collector gets of the runs of a host. It would get those of another host of the process, too.</summary>
[Collection("alone")]
public sealed class TraceTests
{
    private const string Key = Scene.Key;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_OfAChain_IsServerChainStepsAttemptAndHttp(bool grpc)
    {
        await using var scene = await Scene.StartAsync("openai:sim", grpc);

        var (trace, _) = await scene.CallAsync("/joke/invoke", new { input = new { topic = "parrots" } });

        Assert.Equal(
            """
            invoke /joke
              ChatPromptTemplate
              ChatModel
                chat sim
                  POST
              StrOutputParser
            """,
            trace.Tree);
        Assert.Equal(("POST /joke/invoke", "/joke/invoke", 200L), (trace.Server.Name, trace.Server["http.route"], trace.Server["http.response.status_code"]));
        Assert.Equal(("/joke", "invoke", 200L), (trace.Chain["serving.chain"], trace.Chain["serving.endpoint"], trace.Chain["serving.status"]));
        Assert.Equal("chat_model", trace.Named("ChatModel")["serving.run.type"]);
    }

    [Fact]
    public async Task Server_OfARequest_HasTheAttributesOfTheConventions()
    {
        await using var scene = await Scene.StartAsync("openai:sim~503", "--MAX_RETRIES=0");
        scene.Host.Client.DefaultRequestHeaders.UserAgent.ParseAdd("caller/1.0");

        var (trace, _) = await scene.CallAsync("/joke/invoke", new { input = new { topic = "parrots" } });

        var address = scene.Host.Client.BaseAddress!;
        Assert.Equal(
            ["error.type=503", "http.request.method=POST", "http.response.status_code=503", "http.route=/joke/invoke", "network.protocol.version=1.1", $"server.address={address.Host}", $"server.port={address.Port}", "url.path=/joke/invoke", "url.scheme=http", "user_agent.original=caller/1.0"],
            trace.Server.Tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
        Assert.True(trace.Server.HasFailed);
    }

    [Fact]
    public async Task Server_OfAnUnknownPathAndMethod_IsNamedByTheConventions()
    {
        await using var scene = await Scene.StartAsync("openai:sim");
        var id = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(new HttpMethod("PROPFIND"), "/nowhere") { Headers = { { "traceparent", $"00-{id}-00f067aa0ba902b7-01" } } };

        using var answer = await scene.Host.Client.SendAsync(request, Cancellation);
        await scene.FlushAsync();

        var server = scene.Collector.Of(id).Server;
        Assert.Equal(("HTTP", "_OTHER", "/nowhere", 404L), (server.Name, server["http.request.method"], server["url.path"], server["http.response.status_code"]));
    }

    [Theory]
    [InlineData("sim", 200L, null)]
    [InlineData("sim~503", 503L, "503")]
    [InlineData("sim~reset", null, "System.Net.Http.HttpRequestException")]
    public async Task HttpRequest_OfAnAttempt_HasTheAttributesOfTheConventions(string model, long? status, string? error)
    {
        await using var scene = await Scene.StartAsync($"openai:{model}", "--MAX_RETRIES=0");

        var (trace, _) = await scene.CallAsync("/joke/invoke", new { input = new { topic = "parrots" } });

        var (request, address) = (trace.Named("POST"), scene.Simulator.BaseAddress);
        Assert.Equal(
            ("POST", address.Host, (long)address.Port, $"{address}v1/chat/completions", status, error, error is not null),
            (request["http.request.method"], request["server.address"], request["server.port"], request["url.full"], request["http.response.status_code"], request["error.type"], request.HasFailed));
        Assert.Equal(3, request.Kind);
    }

    [Fact]
    public async Task Attempt_OfAWholeAnswer_HasTheAttributesOfTheConventions()
    {
        await using var scene = await Scene.StartAsync("openai:sim");

        var (trace, _) = await scene.CallAsync("/joke/invoke", new { input = new { topic = "parrots" } });

        var attempt = Assert.Single(trace.Attempts);
        Assert.Equal(3, attempt.Kind);
        Assert.Equal(
            ("chat", "openai", "sim", "sim"),
            (attempt["gen_ai.operation.name"], attempt["gen_ai.provider.name"], attempt["gen_ai.request.model"], attempt["gen_ai.response.model"]));
        Assert.Equal(["stop"], (object?[])attempt["gen_ai.response.finish_reasons"]!);
        Assert.Equal(((object?)11L, (object?)20L), (attempt["gen_ai.usage.input_tokens"], attempt["gen_ai.usage.output_tokens"]));
        Assert.Equal(((object?)"127.0.0.1", (object?)(long)scene.Simulator.BaseAddress.Port), (attempt["server.address"], attempt["server.port"]));
        Assert.Equal(1L, attempt["serving.attempt"]);
        Assert.Equal((attempt["gen_ai.usage.input_tokens"], attempt["gen_ai.usage.output_tokens"]), (trace.Chain["gen_ai.usage.input_tokens"], trace.Chain["gen_ai.usage.output_tokens"]));
        Assert.False(attempt.HasFailed);
        Assert.DoesNotContain("error.type", attempt.Tags.Keys);
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("stream_events")]
    [InlineData("stream_log")]
    public async Task Stream_OfAChain_HasTheSameTree(string endpoint)
    {
        await using var scene = await Scene.StartAsync("openai:sim");

        var (trace, _) = await scene.CallAsync($"/joke/{endpoint}", new { input = new { topic = "parrots" } });

        Assert.Equal(
            $"""
             {endpoint} /joke
               ChatPromptTemplate
               ChatModel
                 chat sim
                   POST
               StrOutputParser
             """,
            trace.Tree);
        Assert.IsType<double>(Assert.Single(trace.Attempts)["gen_ai.response.time_to_first_chunk"]);
        Assert.All(trace.Spans, span => Assert.False(span.HasFailed));
    }

    [Theory]
    [InlineData("invoke")]
    [InlineData("stream")]
    public async Task Map_BranchesSideBySide_KeepTheirOwnSteps(string endpoint)
    {
        await using var scene = await Scene.StartAsync("openai:sim~id=1", "--FAST_MODEL=openai:sim~id=2");

        var (trace, _) = await scene.CallAsync($"/compare/{endpoint}", new { input = new { question = "Why?" } });

        var branches = trace.Below(trace.Chain);
        Assert.Equal(2, branches.Count);
        Assert.Equal(
            ["chat sim~id=1", "chat sim~id=2"],
            branches.Select(branch => trace.Below(trace.Below(branch).Single(step => step.Name == "ChatModel")).Single().Name).Order(StringComparer.Ordinal));
        Assert.All(branches, branch => Assert.Equal(["ChatModel", "ChatPromptTemplate", "StrOutputParser"], trace.Below(branch).Select(step => step.Name).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("invoke")]
    [InlineData("stream")]
    public async Task Agent_CallsATool_ModelAndToolAreSteps(string endpoint)
    {
        await using var scene = await Scene.StartAsync("openai:sim~tool");

        var (trace, _) = await scene.CallAsync($"/assistant/{endpoint}", new { input = "What time is it?" });

        var steps = trace.Below(trace.Chain);
        Assert.Equal(2, trace.Attempts.Count);
        Assert.Equal(2, trace.Spans.Count(span => span.Name == "ChatModel"));
        var tool = Assert.Single(trace.Spans, span => span.Name.StartsWith("execute_tool ", StringComparison.Ordinal));
        Assert.Equal(("execute_tool", "tool"), (tool["gen_ai.operation.name"], tool["serving.run.type"]));
        Assert.All(trace.Attempts, attempt => Assert.Equal("ChatModel", trace.Parent(attempt).Name));
        Assert.Contains(tool, steps);
    }

    [Theory]
    [InlineData("invoke")]
    [InlineData("stream")]
    public async Task Retry_AfterAFailure_IsASiblingAndAnEvent(string endpoint)
    {
        await using var scene = await Scene.StartAsync("openai:sim~503~times=1", "--RETRY_BACKOFF_MS=1");

        var (trace, _) = await scene.CallAsync($"/joke/{endpoint}", new { input = new { topic = "parrots" } });

        var model = trace.Named("ChatModel");
        Assert.Equal([("unavailable", true, 503L), (null, false, null)], trace.Attempts.Select(attempt => ((string?)attempt["error.type"], attempt.HasFailed, (long?)attempt["serving.provider.status"])));
        Assert.All(trace.Attempts, attempt => Assert.Equal(model, trace.Parent(attempt)));
        Assert.Equal([1L, 2L], trace.Attempts.Select(attempt => attempt["serving.attempt"]));
        var (name, tags) = Assert.Single(model.Events);
        Assert.Equal(("retry", "unavailable", 2L), (name, tags["serving.reason"], tags["serving.attempt"]));
        Assert.False(model.HasFailed);
        Assert.Equal(trace.Attempts.Select(attempt => attempt.Id), trace.Spans.Where(span => span.Name == "POST").OrderBy(span => span.Start).Select(span => span.ParentId));
    }

    [Fact]
    public async Task Fallback_AfterAFailure_IsASiblingAndAnEvent()
    {
        await using var scene = await Scene.StartAsync("openai:sim~503", "--MAX_RETRIES=0", "--FALLBACK_MODELS=openai:sim");

        var (trace, _) = await scene.CallAsync("/joke/invoke", new { input = new { topic = "parrots" } });

        var model = trace.Named("ChatModel");
        Assert.Equal(["chat sim~503", "chat sim"], trace.Below(model).Select(span => span.Name));
        var (name, tags) = Assert.Single(model.Events);
        Assert.Equal(("fallback", "unavailable", "openai:sim~503", "openai:sim"), (name, tags["serving.reason"], tags["serving.from"], tags["serving.to"]));
    }

    [Fact]
    public async Task Batch_OfSeveralInputs_HasASpanForEachRun()
    {
        await using var scene = await Scene.StartAsync("openai:sim");

        var (trace, answer) = await scene.CallAsync("/joke/batch", new { inputs = new[] { new { topic = "parrots" }, new { topic = "cats" } } });

        var runs = trace.Below(trace.Chain);
        Assert.Equal(["/joke", "/joke"], runs.Select(run => run.Name));
        Assert.Equal(
            JsonElement.Parse(answer).GetProperty("metadata").GetProperty("run_ids").EnumerateArray().Select(id => id.GetString()).Order(StringComparer.Ordinal),
            runs.Select(run => (string)run["serving.run.id"]!).Order(StringComparer.Ordinal));
        Assert.All(runs, run => Assert.Equal(3, trace.Below(run).Count));
    }

    [Fact]
    public async Task SlowModel_OfAChain_IsTheSpanThatTakesTheTime()
    {
        await using var scene = await Scene.StartAsync("openai:sim~wait=250");

        var (trace, _) = await scene.CallAsync("/joke/invoke", new { input = new { topic = "parrots" } });

        var path = new List<string>();
        for (var span = trace.Server; span is not null; span = trace.Below(span).MaxBy(child => child.Nanoseconds))
            path.Add(span.Name);
        Assert.Equal(["POST /joke/invoke", "invoke /joke", "ChatModel", "chat sim~wait=250", "POST"], path);
        Assert.True(trace.Attempts[0].Nanoseconds > 250_000_000);
    }

    [Fact]
    public async Task ConcurrentRequests_OfAllKinds_HaveOneWholeTreeEach()
    {
        await using var scene = await Scene.StartAsync("openai:sim", "--FAST_MODEL=openai:sim");
        (string Path, object Body, int Spans)[] kinds =
        [
            ("/joke/invoke", new { input = new { topic = "parrots" } }, 7),
            ("/joke/stream", new { input = new { topic = "parrots" } }, 7),
            ("/compare/stream", new { input = new { question = "Why?" } }, 14),
            ("/compare/invoke", new { input = new { question = "Why?" } }, 14),
        ];

        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => scene.SendAsync(kinds[i % kinds.Length].Path, kinds[i % kinds.Length].Body)));
        await scene.FlushAsync();

        for (var i = 0; i < ids.Length; i++)
        {
            var trace = scene.Collector.Of(ids[i].Trace);
            Assert.Equal(kinds[i % kinds.Length].Spans, trace.Spans.Count);
            Assert.All(trace.Spans.Where(span => span.Kind != 2), span => trace.Parent(span));
            Assert.All(trace.Attempts, attempt => Assert.Equal("ChatModel", trace.Parent(attempt).Name));
        }
    }

    [Theory]
    [InlineData("sim~503", "provider_unavailable", 503L)]
    [InlineData("sim~context", "context_too_long", 400L)]
    [InlineData("sim~malformed", "bad_gateway", 502L)]
    public async Task Failure_OfTheModel_IsToldWithoutTexts(string model, string type, long status)
    {
        await using var scene = await Scene.StartAsync($"openai:{model}", "--MAX_RETRIES=0");

        var (trace, _) = await scene.CallAsync("/joke/invoke", new { input = new { topic = "canary-topic" } });

        Assert.Equal((type, status, status >= 500), (trace.Chain["error.type"], trace.Chain["serving.status"], trace.Chain.HasFailed));
        Assert.Equal((type, true), (trace.Named("ChatModel")["error.type"], trace.Named("ChatModel").HasFailed));
        Assert.True(Assert.Single(trace.Attempts).HasFailed);
        Assert.DoesNotContain(scene.Collector.Texts(trace.Id), text => text.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Content_NotAskedFor_IsInNoSpan()
    {
        await using var scene = await Scene.StartAsync("openai:sim~tool");

        var (trace, _) = await scene.CallAsync("/assistant/invoke", new { input = "canary-question" });

        Assert.DoesNotContain(scene.Collector.Texts(trace.Id), text => text.Contains("canary", StringComparison.Ordinal));
        Assert.DoesNotContain(scene.Collector.Texts(trace.Id), text => text.Contains("t0 t1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("invoke")]
    [InlineData("stream")]
    public async Task Content_AskedFor_IsOnTheAttempt(string endpoint)
    {
        await using var scene = await Scene.StartAsync("openai:sim~tokens=3", "--OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true");

        var (trace, _) = await scene.CallAsync($"/joke/{endpoint}", new { input = new { topic = "parrots" } });

        var attempt = Assert.Single(trace.Attempts);
        Assert.Equal(
            """[{"role":"system","parts":[{"type":"text","content":"You tell short, clean jokes."}]},{"role":"user","parts":[{"type":"text","content":"Tell me a joke about parrots"}]}]""",
            attempt["gen_ai.input.messages"]);
        Assert.Equal("""[{"role":"assistant","parts":[{"type":"text","content":"t0 t1 t2"}],"finish_reason":"stop"}]""", attempt["gen_ai.output.messages"]);
        Assert.DoesNotContain(scene.Collector.Texts(trace.Id), text => text.Contains(Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("otlp")]
    public async Task TraceParent_OfTheCaller_ReachesTheProviderAndBaggageDoesNot(string exporter)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("""{"choices":[{"message":{"content":"Polly."},"finish_reason":"stop"}]}""");
        await using var collector = await TraceCollector.StartAsync();
        await using (var host = await RunningHost.StartAsync(
            $"--OPENAI_API_KEY={Key}", $"--OPENAI_BASE_URL={provider.BaseUrl}", $"--OTEL_TRACES_EXPORTER={exporter}", $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Grpc}"))
        {
            var trace = ActivityTraceId.CreateRandom();
            using var request = new HttpRequestMessage(HttpMethod.Post, "/joke/invoke")
            {
                Content = JsonContent.Create(new { input = new { topic = "parrots" } }),
                Headers = { { "traceparent", $"00-{trace}-00f067aa0ba902b7-00" }, { "tracestate", "caller=1" }, { "baggage", "user=canary" } },
            };

            using var answer = await host.Client.SendAsync(request, Cancellation);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Matches($"^00-{trace}-[0-9a-f]{{16}}-00$", provider.Call.Headers["traceparent"]);
            Assert.DoesNotContain("00f067aa0ba902b7", provider.Call.Headers["traceparent"], StringComparison.Ordinal);
            Assert.DoesNotContain(provider.Call.Headers, header => header.Key is "baggage" or "tracestate" or "Correlation-Context");
        }

        Assert.DoesNotContain(collector.Spans, span => span["url.full"] is string address && address.StartsWith(provider.BaseUrl.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("always_off", null)]
    [InlineData("traceidratio", "0")]
    [InlineData("parentbased_always_on", null)]
    public async Task Sampler_LeavesATraceOut_NothingIsSent(string sampler, string? argument)
    {
        await using var scene = await Scene.StartAsync("openai:sim", $"--OTEL_TRACES_SAMPLER={sampler}", $"--OTEL_TRACES_SAMPLER_ARG={argument}");

        var (trace, answer) = await scene.CallAsync("/joke/invoke", new { input = new { topic = "parrots" } }, sampled: sampler != "parentbased_always_on");

        Assert.Contains("t0", answer);
        Assert.Empty(trace.Spans);
    }

    [Fact]
    public async Task Config_InThePath_IsInNoSpan()
    {
        await using var scene = await Scene.StartAsync("openai:sim");

        var (trace, _) = await scene.CallAsync("/joke/c/canary-config/invoke", new { input = new { topic = "parrots" } });

        Assert.Equal(("POST /joke/c/{config_hash}/invoke", 400L), (trace.Server.Name, trace.Server["http.response.status_code"]));
        Assert.Equal("invoke /joke", trace.Chain.Name);
        Assert.DoesNotContain(scene.Collector.Texts(trace.Id), text => text.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probes_OfTheHost_AreNotSent()
    {
        await using var scene = await Scene.StartAsync("openai:sim");

        var probe = await scene.SendAsync("/health", null);
        var (other, _) = await scene.CallAsync("/joke/input_schema", null);

        Assert.Empty(scene.Collector.Of(probe.Trace).Spans);
        Assert.Equal("GET /joke/input_schema", other.Server.Name);
    }

    [Fact]
    public async Task Start_TraceSettingsWrong_TellsAllOfThemAndNoAddress()
    {
        var invalid = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => RunningHost.StartAsync(
            "--OTEL_EXPORTER_OTLP_ENDPOINT=canary",
            "--OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
            "--OTEL_TRACES_SAMPLER=traceidratio",
            "--OTEL_TRACES_SAMPLER_ARG=2",
            "--OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=maybe"));

        Assert.Equal(
            ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "OTEL_TRACES_SAMPLER_ARG"],
            invalid.Failures.Select(failure => failure.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(invalid.Failures, failure => failure.Contains("canary", StringComparison.Ordinal));
    }
}
