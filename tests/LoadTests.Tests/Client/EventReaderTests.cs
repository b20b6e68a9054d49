using System.Text;
using Serving.LoadTests.Client;

namespace Serving.LoadTests.Tests.Client;

public sealed class EventReaderTests
{
    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public void TryRead_BytesInPartsOfAnySize_GivesTheSameEvents(string lineEnd)
    {
        var bytes = Encoding.UTF8.GetBytes("event: data\ndata: \"t0\"\n\n: heartbeat\n\ndata:[DONE]\n\nevent: end\n\n".Replace("\n", lineEnd, StringComparison.Ordinal));
        for (var size = 1; size <= bytes.Length; size++)
        {
            var reader = new EventReader();
            var events = new List<string>();
            foreach (var part in bytes.Chunk(size))
            {
                reader.Add(part);
                while (reader.TryRead())
                    events.Add($"{Encoding.UTF8.GetString(reader.Name.Span)}|{Encoding.UTF8.GetString(reader.Data.Span)}");
            }

            Assert.Equal(["data|\"t0\"", "|[DONE]", "end|"], events);
            Assert.False(reader.HasRest);
        }
    }

    [Fact]
    public void TryRead_HalfAnEvent_KeepsIt()
    {
        var reader = new EventReader();
        reader.Add("event: end\r\n"u8);
        Assert.False(reader.TryRead());
        Assert.True(reader.HasRest);
    }
}
