using System.Net.Http.Json;
using System.Text.Json;

namespace Serving.LoadTests.Targets;

/// <summary>A simulator of providers: one of our own, or one that runs elsewhere.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly HttpClient _http;

    private SimulatorServer(Uri address, ChildProcess? process)
    {
        Address = address;
        Process = process;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Where its wires are.</summary>
    public Uri Address { get; }

    /// <summary>Its process; null if it runs elsewhere.</summary>
    public ChildProcess? Process { get; }

    /// <summary>Starts one on a free port.</summary>
    public static async Task<SimulatorServer> StartAsync(long seed, CancellationToken cancellationToken)
    {
        var program = Repository.Program("loadtests/Simulator", "Serving.Simulator.dll");
        var process = ChildProcess.Start("The simulator", Repository.Dotnet, [program, "--urls", "http://127.0.0.1:0", "--seed", $"{seed}", "--kept-attempts", "0"], []);
        try
        {
            return new SimulatorServer(new Uri(await process.PrintedAsync("Simulator ready on ", TimeSpan.FromSeconds(60), cancellationToken)), process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes one that runs elsewhere.</summary>
    public static SimulatorServer At(Uri address) => new(address, null);

    /// <summary>What it has counted of a model, by its whole name; zeros if it was never asked for.</summary>
    public async Task<SimulatorTally> TallyAsync(string model, CancellationToken cancellationToken)
    {
        using var ledger = await _http.GetFromJsonAsync<JsonDocument>("/admin/ledger", cancellationToken) ?? throw new InvalidOperationException("The simulator gave no ledger.");
        return ledger.RootElement.GetProperty("models").TryGetProperty(model, out var tally)
            ? tally.Deserialize<SimulatorTally>(JsonSerializerOptions.Web) ?? new SimulatorTally()
            : new SimulatorTally();
    }

    /// <summary>Forgets what was counted, and all faults.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        using var ledger = await _http.DeleteAsync("/admin/ledger", cancellationToken);
        ledger.EnsureSuccessStatusCode();
        using var faults = await _http.DeleteAsync("/admin/faults", cancellationToken);
        faults.EnsureSuccessStatusCode();
    }

    /// <summary>Makes a model misbehave.</summary>
    /// <param name="model">Its whole name.</param>
    /// <param name="fault">The fault and its keys, as in a model's name: <c>503~share=0.01</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">There is no such fault, or no such simulator.</exception>
    public async Task AddFaultAsync(string model, string fault, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var parts = fault.Split('~');
        var rule = new Dictionary<string, string> { ["model"] = model, ["fault"] = parts[0] };
        foreach (var part in parts[1..])
            rule.Add(part[..part.IndexOf('=', StringComparison.Ordinal)], part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        using var answer = await _http.PostAsJsonAsync("/admin/faults", rule, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"The simulator does not take the fault '{fault}': {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (Process is not null)
            await Process.DisposeAsync();
    }
}
