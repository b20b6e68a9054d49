using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Handlers;
using Serving.Endpoints.Hosting;
using Serving.Endpoints.Metrics;
using Serving.Endpoints.Options;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what serving chains needs.</summary>
public static class ServingServiceCollectionExtensions
{
    /// <summary>Adds admission, limits, error bodies and draining. Calling it again adds nothing.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the limits; they are validated when the host starts.</param>
    public static IServingBuilder AddServing(this IServiceCollection services, Action<ServingLimits>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ServingLimits>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ServingLimits>, ServingLimitsValidator>());
        if (configure is not null)
            services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<AdmissionGate>();
        services.TryAddSingleton<ServingMetrics>();
        services.TryAddSingleton<HostReadiness>();
        services.TryAddSingleton<ServingServices>();
        services.TryAddSingleton(provider => new PromptLimits { MaxPromptLength = provider.GetRequiredService<IOptions<ServingLimits>>().Value.MaxPromptLength });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, LastAnswers>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ErrorBodies>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RouteCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WarmUp>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainService>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, KestrelLimits>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HostOptions>, ShutdownLimits>());
        return new ServingBuilder(services);
    }

    private sealed class ServingBuilder(IServiceCollection services) : IServingBuilder
    {
        public IServiceCollection Services => services;

        public IServingBuilder AddChain(string name, Func<IServiceProvider, IRunnable> create, Action<ChainOptions>? configure = null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            ArgumentNullException.ThrowIfNull(create);
            if (name[0] == '/' || name[^1] == '/' || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '/')))
                throw new ArgumentException($"The chain name '{name}' must be letters, digits, dashes and underscores, with slashes between parts, as in 'joke' or 'team/joke'.", nameof(name));
            if (services.Any(service => service.ImplementationInstance is ChainRegistration other && other.Name == name))
                throw new ArgumentException($"There is a chain '{name}' in the catalog already. Give one of them another name.", nameof(name));
            services.AddSingleton(new ChainRegistration(name, create, configure));
            return this;
        }
    }

    private sealed class KestrelLimits(IOptions<ServingLimits> limits) : IConfigureOptions<KestrelServerOptions>
    {
        public void Configure(KestrelServerOptions options)
        {
            options.AddServerHeader = false;
            // The handlers refuse what is over the limit with a body that says so; the server is the second line.
            options.Limits.MaxRequestBodySize = limits.Value.MaxBodyBytes + 1;
            options.Limits.MaxRequestHeadersTotalSize = 2 * limits.Value.MaxHeaderBytes;
        }
    }

    private sealed class ShutdownLimits(IOptions<ServingLimits> limits) : IConfigureOptions<HostOptions>
    {
        public void Configure(HostOptions options) =>
            options.ShutdownTimeout = limits.Value.ShutdownDelay + limits.Value.DrainTimeout + TimeSpan.FromSeconds(15);
    }
}
