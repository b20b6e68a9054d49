using System.Net;
using Microsoft.Extensions.Options;

namespace Serving.Endpoints.Metrics;

/// <summary>Ports that are none, and interfaces that are none.</summary>
internal sealed class MetricsOptionsValidator : IValidateOptions<MetricsOptions>
{
    public ValidateOptionsResult Validate(string? name, MetricsOptions options)
    {
        List<string> problems = [];
        if (options.Port is < 0 or > 65535)
            problems.Add($"METRICS_PORT is {options.Port}; it must be from 0 to 65535. Unset it for 9090.");
        if (options.BindAddress is not ("*" or "localhost") && !IPAddress.TryParse(options.BindAddress, out _))
            problems.Add($"BIND_ADDRESS is '{options.BindAddress}'; it must be an IP address, 'localhost', or '*' for all interfaces.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
