namespace Serving.Host.Tests.Telemetry;

/// <summary>A span as a collector gets it.</summary>
internal sealed record ReceivedSpan
{
    public string TraceId { get; private set; } = "";

    public string Id { get; private set; } = "";

    public string ParentId { get; private set; } = "";

    public string Name { get; private set; } = "";

    public string Source { get; private init; } = "";

    /// <summary>1 internal, 2 server, 3 client.</summary>
    public int Kind { get; private set; }

    public ulong Start { get; private set; }

    public ulong Nanoseconds { get; private set; }

    public bool HasFailed { get; private set; }

    public Dictionary<string, object?> Tags { get; private set; } = [];

    public List<(string Name, Dictionary<string, object?> Tags)> Events { get; } = [];

    public object? this[string tag] => Tags.GetValueOrDefault(tag);

    /// <summary>Reads a request of an exporter.</summary>
    public static IEnumerable<ReceivedSpan> ReadAll(ReadOnlyMemory<byte> request)
    {
        foreach (var scope in Protobuf.Read(request).Where(field => field.Number == 1).SelectMany(resource => Protobuf.Read(resource.Bytes)).Where(field => field.Number == 2))
        {
            var fields = Protobuf.Read(scope.Bytes).ToList();
            var source = fields.Where(field => field.Number == 1).SelectMany(name => Protobuf.Read(name.Bytes)).FirstOrDefault(field => field.Number == 1).Text;
            foreach (var span in fields.Where(field => field.Number == 2))
                yield return Read(span.Bytes, source);
        }
    }

    private static ReceivedSpan Read(ReadOnlyMemory<byte> bytes, string source)
    {
        var span = new ReceivedSpan { Source = source };
        foreach (var field in Protobuf.Read(bytes))
        {
            switch (field.Number)
            {
                case 1:
                    span.TraceId = field.Hex;
                    break;
                case 2:
                    span.Id = field.Hex;
                    break;
                case 4:
                    span.ParentId = field.Hex;
                    break;
                case 5:
                    span.Name = field.Text;
                    break;
                case 6:
                    span.Kind = (int)field.Value;
                    break;
                case 7:
                    span.Start = field.Value;
                    break;
                case 8:
                    span.Nanoseconds = field.Value - span.Start;
                    break;
                case 9:
                    AddTag(span.Tags, field.Bytes);
                    break;
                case 11:
                    var tags = new Dictionary<string, object?>();
                    foreach (var tag in Protobuf.Read(field.Bytes).Where(part => part.Number == 3))
                        AddTag(tags, tag.Bytes);
                    span.Events.Add((Protobuf.Read(field.Bytes).First(part => part.Number == 2).Text, tags));
                    break;
                case 15:
                    span.HasFailed = Protobuf.Read(field.Bytes).Any(part => part is { Number: 3, Value: 2 });
                    break;
            }
        }

        return span;
    }

    private static void AddTag(Dictionary<string, object?> tags, ReadOnlyMemory<byte> pair)
    {
        var fields = Protobuf.Read(pair).ToList();
        tags[fields.First(field => field.Number == 1).Text] = ValueOf(fields.First(field => field.Number == 2).Bytes);
    }

    private static object? ValueOf(ReadOnlyMemory<byte> value)
    {
        var field = Protobuf.Read(value).FirstOrDefault();
        return field.Number switch
        {
            1 => field.Text,
            2 => field.Value != 0,
            3 => (long)field.Value,
            4 => BitConverter.UInt64BitsToDouble(field.Value),
            5 => Protobuf.Read(field.Bytes).Select(item => ValueOf(item.Bytes)).ToArray(),
            _ => null,
        };
    }
}
