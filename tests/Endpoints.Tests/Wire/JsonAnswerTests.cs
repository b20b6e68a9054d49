using System.Text;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Wire;

namespace Serving.Endpoints.Tests.Wire;

public sealed class JsonAnswerTests
{
    [Fact]
    public async Task Write_BodyTakesItsTime_KeepsTheBytesUntilItHasThem()
    {
        var slow = new SlowBody();
        var http = new DefaultHttpContext { Response = { Body = slow } };

        var writing = JsonAnswer.WriteAsync(http, "first", static (writer, text) => writer.WriteStringValue(text));
        await JsonAnswer.WriteAsync(new DefaultHttpContext(), "other", static (writer, text) => writer.WriteStringValue(text));
        slow.Open.SetResult();
        await writing.OrTimeout();

        Assert.Equal("\"first\"", slow.Text);
    }

    /// <summary>A body that takes the bytes it is given only later, as one that compresses may.</summary>
    private sealed class SlowBody : MemoryStream
    {
        public TaskCompletionSource Open { get; } = new();

        public string Text => Encoding.UTF8.GetString(ToArray());

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Open.Task;
            Write(buffer.Span);
        }
    }
}
