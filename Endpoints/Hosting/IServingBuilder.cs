using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Hosting;

/// <summary>Adds to what <c>AddServing</c> began.</summary>
public interface IServingBuilder
{
    /// <summary>The services of the host.</summary>
    IServiceCollection Services { get; }

    /// <summary>Puts a chain into the catalog, to be served at <c>/{name}</c> by <c>MapRunnables</c>.</summary>
    /// <param name="name">The name and path; letters, digits, dashes, underscores and slashes.</param>
    /// <param name="create">Makes the chain, once, when the catalog is mapped.</param>
    /// <param name="configure">How it is served.</param>
    IServingBuilder AddChain(string name, Func<IServiceProvider, IRunnable> create, Action<ChainOptions>? configure = null);
}
