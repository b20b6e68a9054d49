using Microsoft.Extensions.AI;
using Serving.Providers.Resilience;

namespace Serving.Providers.Catalog;

/// <summary>What a name in the options stands for.</summary>
/// <param name="Name">The model, its provider as the options spell it.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Resilience">What bounds its calls.</param>
/// <param name="Defaults">Settings for what a call leaves unset; null for none.</param>
internal sealed record ModelTarget(ModelName Name, ProviderOptions Provider, ResilienceOptions Resilience, ChatOptions? Defaults);
