using System.Text;
using Serving.Providers.Wire;

namespace Serving.Providers.Tests.Wire;

public sealed class EventBufferTests
{
    private static readonly string[] Parts =
        ["\r", "\n", "\r\n", "\n\n", "data", "data:", "data: ", "data:  x", "event", "event:", "event: a", "event: ping", ": comment", "id: 1", "retry: 5", "dat", "data x", "é", "\uFEFF", ":", " "];

    [Theory]
    [InlineData("\uFEFFdata: a\n\n", "message=a")]
    [InlineData("data: \uFEFFa\n\n", "message=\uFEFFa")]
    [InlineData("data: a\r\rdata: b\r\n\r\ndata:c\n\n", "message=a", "message=b", "message=c")]
    [InlineData("data: a\ndata\ndata:  b\ndata:\n\n", "message=a\n\n b\n")]
    [InlineData("event: x\ndata: a\n\ndata: b\n\n", "x=a", "message=b")]
    [InlineData("event: x\n\ndata: a\n\nevent: x\nevent:\ndata: b\n\n", "message=a", "message=b")]
    [InlineData(": no\nid: 1\nretry: 2\nDATA: a\ndata : a\n data: a\n\ndata\n\n", "message=")]
    [InlineData("data: a\n\ndata: b\n", "message=a")]
    public void Events_OfText_AreThoseOfTheStandard(string text, params string[] events)
    {
        var bytes = Encoding.UTF8.GetBytes(text);

        Assert.All([1, 2, 3, 5, bytes.Length], size => Assert.Equal(events, Taken(bytes, () => size)));
    }

    [Fact]
    public void Events_OfAnyTextInAnyPieces_AreThoseOfTheWholeText()
    {
        var dice = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var text = new StringBuilder();
            for (var i = dice.Next(60); i > 0; i--)
                text.Append(Parts[dice.Next(Parts.Length)]).Append(dice.Next(3) == 0 ? "\n" : "");

            Assert.Equal(EventsOf(text.ToString()), Taken(Encoding.UTF8.GetBytes(text.ToString()), () => dice.Next(1, 40)));
        }
    }

    [Fact]
    public void Event_LargerThanTheBuffer_IsWhole()
    {
        var lines = Enumerable.Range(0, 2000).Select(line => new string((char)('a' + (line % 26)), line)).ToList();
        var bytes = Encoding.UTF8.GetBytes("data: before\n\n" + string.Concat(lines.Select(line => $"data: {line}\r\n")) + "\r\ndata: after\n\n");

        Assert.Equal(["message=before", "message=" + string.Join('\n', lines), "message=after"], Taken(bytes, () => 1500));
    }

    private static List<string> Taken(byte[] bytes, Func<int> size)
    {
        using var buffer = new EventBuffer();
        var events = new List<string>();
        for (var i = 0; i < bytes.Length;)
        {
            var room = buffer.Room().Span;
            var count = Math.Min(Math.Min(size(), room.Length), bytes.Length - i);
            bytes.AsSpan(i, count).CopyTo(room);
            buffer.Add(count);
            i += count;
            while (buffer.TryTake(out var data))
                events.Add($"{buffer.Type}={Encoding.UTF8.GetString(data)}");
        }

        return events;
    }

    /// <summary>The standard, word for word, on a text that is there as a whole.</summary>
    private static List<string> EventsOf(string text)
    {
        var events = new List<string>();
        var (type, data) = ("", "");
        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        foreach (var line in text.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n')[..^1])
        {
            var colon = line.IndexOf(':');
            var value = colon < 0 ? "" : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (colon < 0 ? line : line[..colon])
            {
                case "" when line == "":
                    if (data != "")
                        events.Add($"{(type == "" ? "message" : type)}={data[..^1]}");
                    (type, data) = ("", "");
                    break;
                case "data":
                    data += value + '\n';
                    break;
                case "event":
                    type = value;
                    break;
            }
        }

        return events;
    }
}
