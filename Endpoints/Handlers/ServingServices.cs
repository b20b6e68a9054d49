using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Metrics;
using Serving.Endpoints.Options;
using Serving.Runtime.Prompts;

namespace Serving.Endpoints.Handlers;

/// <summary>What all handlers of a host share.</summary>
internal sealed class ServingServices(IOptions<ServingLimits> limits, AdmissionGate gate, TimeProvider time, ServingMetrics metrics, PromptLimits prompts, ILoggerFactory loggers)
{
    public ServingLimits Limits { get; } = limits.Value;

    public AdmissionGate Gate { get; } = gate;

    public TimeProvider Time { get; } = time;

    public ServingMetrics Metrics { get; } = metrics;

    public PromptLimits Prompts { get; } = prompts;

    public ILogger Logger { get; } = loggers.CreateLogger("Serving.Endpoints");
}
