using System.Globalization;
using System.Text;
using Serving.Providers.Resilience;

namespace Serving.Faults.Tests.Matrix;

/// <summary>The matrix as a page for people.</summary>
internal sealed class MatrixPage
{
    private const string Head = """
        # Fault matrix

        What a client sees of every fault of a provider, at every endpoint, and what the provider sees. [resilience.md](resilience.md) says why. This page is made from
        the tables that the tests in `tests/Faults.Tests` hold the host against, a test for each cell; after a change of them run
        `UPDATE_FAULT_MATRIX=1 dotnet test tests/Faults.Tests`.

        How to read a cell:

        - *answer*: status 200 with the whole answer, each piece once and in its order. *next model's answer*: the same from the model that stands in.
        - A number is the status of a failure. Where nothing has been sent yet (`/invoke`, `/batch`, and `/stream` before the first token) it is the status of the response, with
          the `Retry-After` that is named. Everywhere else it is the `status_code` of an `error` event that ends the stream, after the pieces that came before the fault.
        - A letter in parentheses is the [sentence](#sentences) that the client reads, a number in brackets the [reason](#cells-that-cannot-occur) why a cell cannot occur.
        - *attempts* are the calls that the provider sees, *waits* the seconds between them. *after* is the time until the failure or the answer, where it is more than
          the waits.

        The settings: `MAX_RETRIES` 3, `RETRY_BACKOFF_MS` 1000, `LLM_TIMEOUT` 20 s, silence within a stream 25 s, `REQUEST_TIMEOUT` 60 s, `STREAM_TIMEOUT` 600 s. Chance is fixed
        in its middle, so a wait without a hint is three quarters of its longest. The breaker is closed unless it says otherwise. `/stream_events` has begun when the model
        is called, so the 600 s count there. `STREAM_COMMIT_AFTER` is longer than all of these; a `/stream` that has waited so long has begun. Of a whole answer, half of the body is there after text and after a tool call.


        """;

    private readonly List<string> _sentences = [];
    private readonly List<string> _reasons = [];
    private readonly StringBuilder _page = new(Head);

    public static string Render()
    {
        var page = new MatrixPage();
        page.AddTable("The fault stays", "Every attempt meets the fault, and there is no other model.", Variant.Always);
        page.AddTable("The fault passes", "The first attempt meets the fault, the second would not.", Variant.Once);
        page.AddTable("Another model works", "Every attempt meets the fault; a next model, which works, may be asked.", Variant.WithNext);
        page.AddOthers();
        page.AddList("Sentences", "`Model '…' of provider '…'` names them.", page._sentences, number => $"({Letter(number)})");
        page.AddList("Cells that cannot occur", "", page._reasons, number => $"[{number + 1}]");
        return page._page.ToString().TrimEnd('\n') + "\n";
    }

    private static string Letter(int number) => ((char)('a' + number)).ToString();

    private void AddTable(string title, string about, Variant variant)
    {
        Line($"## {title}", "", about, "", "| Fault | Endpoints | Before the first token | After text | After a tool call |", "|---|---|---|---|---|");
        foreach (var row in OpenAiFaults.Rows.Where(row => variant != Variant.Once || !row.IsLasting))
            AddRow(row, row.Title, variant);
        Line("");
        if (variant == Variant.Once)
            Line($"Not in this table, since they do not pass between two attempts: {string.Join(", ", OpenAiFaults.Rows.Where(row => row.IsLasting).Select(row => row.Title))}.", "");
    }

    private void AddRow(FaultRow row, string title, Variant variant)
    {
        var lines = Enum.GetValues<Endpoint>()
            .Select(endpoint => (Endpoint: endpoint, Cells: string.Join(" | ", Enum.GetValues<Position>().Select(position => Text(row.At(position), endpoint, variant)))))
            .GroupBy(line => line.Cells, line => line.Endpoint, StringComparer.Ordinal);
        foreach (var line in lines)
            Line($"| {title} | {(line.Count() == Enum.GetValues<Endpoint>().Length ? "all" : string.Join(", ", line.Select(Name)))} | {line.Key} |");
    }

    private void AddOthers()
    {
        Line("## Other providers", "");
        Line("The tables are about OpenAI. Anthropic is tested with all faults but those that never reach a provider, Azure OpenAI, Mistral and Cohere with those that each says in its own");
        Line("words: statuses, quota, unknown models, prompts that are too long or rejected, errors inside an answer. The outcome is the same, but for these:", "");
        Line("| Provider | Fault | Endpoints | Before the first token | After text | After a tool call |", "|---|---|---|---|---|---|");
        foreach (var row in OtherProviders.Rows)
        {
            var usual = OpenAiFaults.Rows.Single(one => one.Name == row.Name);
            if (Enum.GetValues<Position>().Any(position => row.At(position) != usual.At(position)))
                AddRow(row, $"{row.Provider.Title} | {row.Title}", Variant.Always);
        }

        Line("");
    }

    private void AddList(string title, string about, List<string> items, Func<int, string> mark)
    {
        Line($"## {title}", "");
        if (about.Length > 0)
            Line(about, "");
        Line("| | |", "|---|---|");
        for (var i = 0; i < items.Count; i++)
            Line($"| {mark(i)} | {items[i]} |");
        Line("");
    }

    private string Text(Place place, Endpoint endpoint, Variant variant)
    {
        if (place.Of(endpoint) is not { } found)
            return $"[{IndexOf(_reasons, place.Reason!) + 1}]"; // what is missing has its reason
        var outcome = found.Of(variant);
        List<string> parts = [];
        if (outcome.Status == 200)
            parts.Add(outcome.IsNext ? "next model's answer" : "answer");
        else
            parts.Add($"{outcome.Status} ({Letter(IndexOf(_sentences, Sentence(outcome.Says!)))}){(outcome.RetryAfter is { } seconds ? $", `Retry-After: {seconds}`" : "")}"); // a failure says something
        parts.Add(outcome.Attempts == 1 ? "1 attempt" : $"{outcome.Attempts} attempts");
        if (outcome.Waits.Length > 0)
            parts.Add($"waits {string.Join(", ", outcome.Waits.Select(Number))}");
        if (outcome.Seconds > outcome.Waits.Sum())
            parts.Add($"after {Number(outcome.Seconds)} s");
        if (outcome.Breaker == BreakerState.Open)
            parts.Add("breaker open");
        return string.Join("; ", parts);
    }

    private static string Number(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Sentence(string says) => says
        .Replace("{model}", "Model '…' of provider '…'", StringComparison.Ordinal)
        .Replace("{name}", "…", StringComparison.Ordinal)
        .Replace("{provider}", "…", StringComparison.Ordinal);

    private static string Name(Endpoint endpoint) => endpoint switch
    {
        Endpoint.Invoke => "invoke",
        Endpoint.Batch => "batch",
        Endpoint.Stream => "stream",
        _ => "stream_events",
    };

    private static int IndexOf(List<string> items, string item)
    {
        if (!items.Contains(item))
            items.Add(item);
        return items.IndexOf(item);
    }

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
            _page.Append(line).Append('\n');
    }
}
