using Serving.Providers.Catalog;
using Serving.Runtime.Errors;

namespace Serving.Host.Commands.Checks;

/// <summary>A call that was made to see whether a model answers.</summary>
/// <param name="Model">The model.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Failure">What a client would be told of the failure; null if it answered.</param>
internal sealed record LiveCall(ModelName Model, TimeSpan Elapsed, ServingException? Failure);
