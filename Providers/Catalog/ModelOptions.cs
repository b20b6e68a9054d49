using Microsoft.Extensions.AI;
using Serving.Providers.Resilience;

namespace Serving.Providers.Catalog;

/// <summary>A model by a name of its own, such as <c>default</c>.</summary>
public sealed record ModelOptions
{
    /// <summary>The model: <c>provider:model</c>, or the name of another entry that is one. That one's settings then fill in for what this one leaves unset.</summary>
    public required string Model { get; init; }

    /// <summary>What answers when the model cannot, in order, named in the same way. What occurs twice counts once.</summary>
    /// <value>Default none.</value>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>Options of every call by this name, whichever model answers. A chain may change its own copy.</summary>
    /// <value>Default none: those of the provider.</value>
    public ChatOptions? Settings { get; init; }

    /// <summary>What bounds and repeats the calls of <see cref="Model"/>; fallbacks keep their own.</summary>
    /// <value>Default the provider's. Names that call one model with equal options share its breaker and its retry budget.</value>
    public ResilienceOptions? Resilience { get; init; }
}
