using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Hosting;

/// <summary>A chain of the catalog: made once, when the catalog is mapped.</summary>
internal sealed record ChainRegistration(string Name, Func<IServiceProvider, IRunnable> Create, Action<ChainOptions>? Configure);
