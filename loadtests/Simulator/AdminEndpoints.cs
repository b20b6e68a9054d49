using System.Text;
using System.Text.Json;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;

namespace Serving.Simulator;

/// <summary>What tests and operators ask the simulator about itself.</summary>
internal static class AdminEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void MapAdmin(this WebApplication app, Ledger ledger, FaultBook faults)
    {
        app.MapGet("/", context => context.Response.WriteAsJsonAsync(new { service = "simulator" }, Json));
        app.MapGet("/admin/ledger", context => context.Response.WriteAsJsonAsync(
            new { ledger.OpenConnections, ledger.Total, ledger.Models, ledger.Attempts }, Json, context.RequestAborted));
        app.MapDelete("/admin/ledger", context => Empty(context, ledger.Clear));
        app.MapGet("/admin/faults", context => WriteRulesAsync(context, faults));
        app.MapDelete("/admin/faults", context => Empty(context, faults.Clear));
        app.MapPost("/admin/faults", async context =>
        {
            try
            {
                using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
                Add(body.RootElement, faults);
                await WriteRulesAsync(context, faults);
            }
            catch (Exception error) when (error is FormatException or ArgumentException or JsonException or InvalidOperationException)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                await context.Response.WriteAsJsonAsync(new { error = error is FormatException ? error.Message : "A rule is a JSON object with 'model', 'fault' and the fault's keys." }, Json);
            }
        });
    }

    /// <summary>The same keys as in a model's name, each a field.</summary>
    private static void Add(JsonElement rule, FaultBook faults)
    {
        var model = FaultBook.AnyModel;
        var fault = "";
        var keys = new StringBuilder();
        foreach (var field in rule.EnumerateObject())
        {
            if (field.NameEquals("model"))
                model = field.Value.GetString() ?? "";
            else if (field.NameEquals("fault"))
                fault = field.Value.ToString();
            else if (field.Value.ValueKind == JsonValueKind.True)
                keys.Append('~').Append(field.Name);
            else if (field.Value.ValueKind != JsonValueKind.False)
                keys.Append('~').Append(field.Name).Append('=').Append(field.Value);
        }

        faults.Add(model, fault + keys);
    }

    private static Task WriteRulesAsync(HttpContext context, FaultBook faults) =>
        context.Response.WriteAsJsonAsync(new { rules = faults.Rules.Select(rule => new { rule.Model, rule.Fault }) }, Json, context.RequestAborted);

    private static Task Empty(HttpContext context, Action change)
    {
        change();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
