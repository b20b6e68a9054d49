using System.Text;
using System.Text.Json;

namespace Serving.LoadTests.Client;

/// <summary>The wire that Serving speaks.</summary>
public sealed class LangServeWire : Wire
{
    /// <summary>Stands among the failures of a batch for an output that is not the one asked for.</summary>
    public const int WrongOutput = 0;

    private LangServeWire()
    {
    }

    /// <summary>The one there is.</summary>
    public static LangServeWire Instance { get; } = new();

    /// <summary>Makes a request to a chain.</summary>
    /// <param name="kind">What is asked for.</param>
    /// <param name="chain">The chain's path, such as <c>/joke</c>.</param>
    /// <param name="input">The input, as JSON. Each input of a batch is this.</param>
    /// <param name="inputs">How many inputs a batch has. Errors are asked for in place.</param>
    /// <param name="pieces">How many numbered pieces an answer must have; null if texts are not looked at.</param>
    public static LoadRequest Request(RequestKind kind, string chain, string input, int inputs = 1, int? pieces = null) => new()
    {
        Wire = Instance,
        Kind = kind,
        Path = chain + kind switch { RequestKind.Invoke => "/invoke", RequestKind.Batch => "/batch", _ => "/stream" },
        Body = Encoding.UTF8.GetBytes(kind == RequestKind.Batch
            ? $$"""{"inputs":[{{string.Join(',', Enumerable.Repeat(input, inputs))}}],"return_exceptions":true}"""
            : $$"""{"input":{{input}}}"""),
        Inputs = kind == RequestKind.Batch ? inputs : 1,
        Pieces = pieces,
    };

    /// <inheritdoc/>
    public override string? Check(LoadRequest request, ReadOnlySpan<byte> body, out IReadOnlyList<int> failures)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<int>? failed = null;
        try
        {
            return Read(request, new Utf8JsonReader(body), ref failed);
        }
        catch (JsonException)
        {
            return "no JSON";
        }
        finally
        {
            failures = failed ?? (IReadOnlyList<int>)[];
        }
    }

    /// <inheritdoc/>
    public override EventKind Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text, out int status)
    {
        text = default;
        status = 0;
        if (name.SequenceEqual("data"u8))
        {
            text = data.Length >= 2 && data[0] == '"' && data[^1] == '"' ? data[1..^1] : data;
            return EventKind.Piece;
        }

        if (name.SequenceEqual("end"u8))
            return EventKind.End;
        if (!name.SequenceEqual("error"u8))
            return EventKind.Other;
        status = Status(data);
        return EventKind.Error;
    }

    /// <summary>To its last byte: an answer that is cut short is no JSON.</summary>
    private static string? Read(LoadRequest request, Utf8JsonReader reader, ref List<int>? failed)
    {
        int? outputs = null;
        var runs = 0;
        var isRight = true;
        reader.Read();
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("output"u8))
                outputs = ReadOutput(request, ref reader, ref failed, ref isRight);
            else if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth >= 2 && reader.ValueTextEquals("run_id"u8))
                runs++;
        }

        if (outputs is null)
            return "no output";
        if (!isRight)
            return "an output that is not the one asked for";
        return outputs == request.Inputs && runs == request.Inputs ? null : $"{outputs} outputs and {runs} runs for {request.Inputs} inputs";
    }

    private static int ReadOutput(LoadRequest request, ref Utf8JsonReader reader, ref List<int>? failed, ref bool isRight)
    {
        reader.Read();
        if (request.Kind != RequestKind.Batch)
        {
            isRight = IsRight(request, ref reader);
            reader.Skip();
            return 1;
        }

        var outputs = 0;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndArray)
                break;
            outputs++;
            if (reader.TokenType == JsonTokenType.StartObject && Failure(reader) is { } status)
                (failed ??= []).Add(status);
            else if (!IsRight(request, ref reader))
                (failed ??= []).Add(WrongOutput);
            reader.Skip();
        }

        return outputs;
    }

    private static bool IsRight(LoadRequest request, ref Utf8JsonReader reader) =>
        request.Pieces is not { } pieces || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(NumberedText.Of(pieces)));

    /// <summary>The status of an output that is an error; null if it is none. The caller's reader stays where it is.</summary>
    private static int? Failure(Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("error"u8) || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isStatus = reader.ValueTextEquals("status_code"u8);
            reader.Read();
            if (isStatus && reader.TokenType == JsonTokenType.Number)
                return reader.GetInt32();
            reader.Skip();
        }

        return null;
    }

    private static int Status(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("status_code"u8) && reader.Read() && reader.TryGetInt32(out var status))
                    return status;
            }
        }
        catch (JsonException)
        {
            // An error all the same.
        }

        return 0;
    }
}
