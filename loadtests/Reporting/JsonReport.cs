using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serving.LoadTests.Reporting;

/// <summary>A run as JSON, whole: what it says can be read back.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it stands in no page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        IgnoreReadOnlyProperties = true,
    };

    public static string Of(RunReport run) => JsonSerializer.Serialize(run, Json);

    public static RunReport Read(string json) => JsonSerializer.Deserialize<RunReport>(json, Json) ?? throw new JsonException("The report is null.");
}
