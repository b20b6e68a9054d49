using Microsoft.Extensions.AI;
using Serving.Host.Commands.Checks;
using Serving.Providers.Catalog;
using Serving.Runtime.Errors;

namespace Serving.Host.Commands;

/// <summary>Reaches out to the providers, and calls each model once: a word in, at most 16 tokens out, no retry.</summary>
internal static class LiveCalls
{
    private const int MaxOutputTokens = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="options">The host's catalog, with nothing wrong in it.</param>
    /// <param name="models">The models to call.</param>
    /// <param name="time">The clock.</param>
    public static async Task<(IReadOnlyList<ProviderContact> Contacts, IReadOnlyList<LiveCall> Calls)> MakeAsync(
        ModelCatalogOptions options, IReadOnlyList<ModelName> models, TimeProvider time)
    {
        using var catalog = ModelCatalog.Create(new ModelCatalogOptions
        {
            Providers = options.Providers.ToDictionary(
                provider => provider.Key,
                provider => provider.Value with { Resilience = provider.Value.Resilience with { MaxRetries = 0, HedgeShare = 0, AttemptTimeout = Patience } },
                StringComparer.OrdinalIgnoreCase),
            Models = models.Select((name, i) => (name, i)).ToDictionary(
                model => $"model-{model.i}",
                model => new ModelOptions { Model = model.name.ToString(), Settings = new ChatOptions { MaxOutputTokens = MaxOutputTokens } },
                StringComparer.OrdinalIgnoreCase),
        });
        using var limit = new CancellationTokenSource(Patience, time);
        var contacts = await catalog.ConnectAsync(limit.Token);
        var calls = await Task.WhenAll(models.Select((name, i) => CallAsync(catalog, $"model-{i}", name, time)));
        return (contacts, calls);
    }

    private static async Task<LiveCall> CallAsync(ModelCatalog catalog, string entry, ModelName name, TimeProvider time)
    {
        var started = time.GetTimestamp();
        ServingException? failure = null;
        try
        {
            await catalog.Chat(entry).InvokeAsync("Hi");
        }
        catch (ServingException error)
        {
            failure = error;
        }

        return new LiveCall(name, time.GetElapsedTime(started), failure);
    }
}
