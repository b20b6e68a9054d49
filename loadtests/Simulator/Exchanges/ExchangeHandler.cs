using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Serving.Simulator.Answers;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;
using Serving.Simulator.Requests;
using Serving.Simulator.Wires;

namespace Serving.Simulator.Exchanges;

/// <summary>Takes requests for chats and embeddings of every wire from their first byte to the ledger's last word.</summary>
internal sealed class ExchangeHandler(SimulatorOptions options, Ledger ledger, FaultBook faults, CancellationToken stopping)
{
    private const string Models = """{"object":"list","data":[{"id":"sim","object":"model","created":1700000000,"owned_by":"simulator"}]}""";

    private readonly byte[]? _key = options.Key is { Length: > 0 } key ? Encoding.UTF8.GetBytes(key) : null;
    private readonly ulong _ids = Chance.Hash("ids", options.Seed);
    private long _requests;

    public Task ChatAsync(HttpContext context, Wire wire) => HandleAsync(context, wire, "chat", AnswerChatAsync);

    public Task EmbeddingsAsync(HttpContext context, Wire wire) => HandleAsync(context, wire, "embeddings", AnswerEmbeddingsAsync);

    /// <summary>The list of models, which is not counted.</summary>
    public Task ModelsAsync(HttpContext context, Wire wire)
    {
        var error = wire.Error(ErrorCase.Unauthorized);
        var isKnown = Accepts(wire.Key(context.Request));
        context.Response.StatusCode = isKnown ? StatusCodes.Status200OK : error.Status;
        context.Response.ContentType = WholePlay.ContentType;
        return context.Response.WriteAsync(isKnown ? Models : error.Body, context.RequestAborted);
    }

    private async Task HandleAsync(HttpContext context, Wire wire, string endpoint, Func<Exchange, ModelRequest, Task> answer)
    {
        ModelRequest? request;
        try
        {
            request = await ReadAsync(context);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The client left before it had said what it wants.
            context.Abort();
            return;
        }

        // A client that does not read would hold up the end.
        await using var abort = stopping.UnsafeRegister(static one => ((HttpContext)one!).Abort(), context); // registered with it
        using var left = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var entry = ledger.Begin(request?.Model is { Length: > 0 } model ? model : "?", $"{wire.Name}/{endpoint}", request?.IsStream == true);
        var exchange = new Exchange(context, wire, ledger, entry, options.TimeProvider, left.Token);
        try
        {
            if (!Accepts(wire.Key(context.Request)))
                await exchange.RejectAsync(wire.Error(ErrorCase.Unauthorized));
            else if (request is null)
                await exchange.RejectAsync(wire.Error(ErrorCase.BadRequest, "The body is not the JSON of a request."));
            else
                await answer(exchange, request);
        }
        catch (OperationCanceledException)
        {
            exchange.Leave(stopping.IsCancellationRequested);
            context.Abort();
        }
        finally
        {
            exchange.Close();
        }
    }

    private async Task AnswerChatAsync(Exchange exchange, ModelRequest request)
    {
        if (exchange.Wire.Refuse(exchange.Context.Request, request) is { } refusal)
        {
            await exchange.RejectAsync(refusal);
            return;
        }

        if (await DecideAsync(exchange, request) is not { } behaviour)
            return;
        if (await exchange.FailsEarlyAsync(request.IsStream ? StreamPlay.ContentType : WholePlay.ContentType))
            return;
        var answer = Answer.Of(request, behaviour, exchange.Fault, options.Tokens, NextId(exchange), options.TimeProvider.GetUtcNow().ToUnixTimeSeconds());
        var delay = exchange.Fault is { Kind: FaultKind.Slow } slow ? slow.Delay : behaviour.Delay ?? options.DelayOf(request.Model!); // refused without
        if (request.IsStream)
        {
            await new StreamPlay(exchange, answer, delay).RunAsync();
            return;
        }

        await exchange.DelayAsync(delay * answer.Usage.Output);
        var body = exchange.Wire.Whole(answer);
        var growsAt = exchange.Fault is { Kind: FaultKind.Huge } ? body.IndexOf($"\"{answer.Text()}\"", StringComparison.Ordinal) + 1 : 0;
        await new WholePlay(exchange, body, answer.Usage, growsAt).RunAsync();
    }

    private async Task AnswerEmbeddingsAsync(Exchange exchange, ModelRequest request)
    {
        if (string.IsNullOrEmpty(request.Model) || request.Inputs.Count == 0)
        {
            await exchange.RejectAsync(exchange.Wire.Error(ErrorCase.BadRequest, "An embedding needs 'model' and 'input'."));
            return;
        }

        if (await DecideAsync(exchange, request) is null || await exchange.FailsEarlyAsync(WholePlay.ContentType))
            return;
        _ = NextId(exchange);
        var usage = new TokenCounts(request.PromptWords, 0, 0, 0);
        await new WholePlay(exchange, Embedding.Json(request, options.Seed), usage, Embedding.GrowsAt).RunAsync();
    }

    /// <summary>How to answer; null if the model's name was wrong, and that has been answered.</summary>
    private async Task<Behaviour?> DecideAsync(Exchange exchange, ModelRequest request)
    {
        try
        {
            var (behaviour, fault) = faults.Next(request.Model!, one => Answer.CallsTools(request, one)); // callers have looked
            if (behaviour.Fault?.At == FaultPoint.Tool && request.Tools.Count == 0)
                throw new FormatException("A fault after a tool call ('at=tool') needs a request with tools.");
            exchange.Fault = fault;
            await exchange.DelayAsync(behaviour.Wait);
            return behaviour;
        }
        catch (FormatException wrong)
        {
            await exchange.RejectAsync(exchange.Wire.Error(ErrorCase.BadRequest, wrong.Message));
            return null;
        }
    }

    private string NextId(Exchange exchange)
    {
        var id = Chance.Draw(_ids, Interlocked.Increment(ref _requests)).ToString("x16", CultureInfo.InvariantCulture);
        exchange.Wire.WriteHeaders(exchange.Context.Response.Headers, id);
        return id;
    }

    private bool Accepts(string? key) =>
        !string.IsNullOrEmpty(key) && (_key is null || CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), _key));

    /// <summary>Null if the body is no request. On Azure's paths the model is the deployment's name.</summary>
    private static async Task<ModelRequest?> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            ModelRequest? request = null;
            try
            {
                request = RequestReader.Read(read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : read.Buffer.ToArray());
                request.Model = context.Request.RouteValues["model"] as string ?? request.Model;
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
            {
                // Told to the client by whoever sees that there is no request.
            }

            reader.AdvanceTo(read.Buffer.End);
            return request;
        }
    }
}
