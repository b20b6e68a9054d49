using Microsoft.Extensions.Options;
using Serving.Endpoints.Options;
using Serving.Host.Commands.Checks;
using Serving.Host.Settings;

namespace Serving.Host.Commands;

/// <summary>Checks what serving would start with, without serving: settings, keys, limits against each other, the machine, and with <c>--live</c> the providers.</summary>
internal static class PreflightCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var arguments = Arguments.Read(args, "--live", "--strict", "--json");
        if (arguments.Problem is not null)
        {
            await errors.WriteLineAsync(arguments.Problem);
            return CommandLine.Misused;
        }

        IConfiguration configuration;
        try
        {
            configuration = WebApplication.CreateBuilder(arguments.Settings).Configuration;
        }
        catch (Exception error) when (StartFailure.Sentences(error) is { } sentences)
        {
            await PreflightReport.WriteAsync(output, [.. sentences.Select(sentence => ("settings", Finding.Fail(sentence)))], arguments.Has("--json"));
            return 1;
        }

        var facts = await FactsAsync(configuration, TimeProvider.System, arguments.Has("--live"));
        var findings = Check.All.SelectMany(check => check.Look(facts).Select(finding => (check.Name, finding))).ToList();
        await PreflightReport.WriteAsync(output, findings, arguments.Has("--json"));
        return findings.Any(found => found.finding.Outcome == Outcome.Fail || (arguments.Has("--strict") && found.finding.Outcome == Outcome.Warn)) ? 1 : 0;
    }

    /// <summary>Gathers what the checks look at.</summary>
    public static async Task<Facts> FactsAsync(IConfiguration configuration, TimeProvider time, bool isLive)
    {
        var host = HostSettings.Read(configuration);
        var models = ModelSettings.Read(configuration, host.OfflinePace);
        var limits = new ServingLimits();
        host.Apply(limits);
        var problems = Problems(host, models);
        var options = models.Catalog(time);
        var used = UsedModel.Of(options);
        var (contacts, calls) = isLive && problems.Count == 0
            ? await LiveCalls.MakeAsync(options, [.. used.Where(model => model.IsRemote).Select(model => model.Name).Distinct()], time)
            : ([], []);
        return new Facts
        {
            Host = host,
            Limits = limits,
            Problems = problems,
            Doubts = [.. models.Warnings(limits)],
            Models = used,
            Prices = models.Prices,
            Machine = MachineReader.Read(time, configuration),
            Contacts = contacts,
            Calls = calls,
        };
    }

    /// <summary>What the start would refuse.</summary>
    private static IReadOnlyList<string> Problems(HostSettings host, ModelSettings models)
    {
        var services = new ServiceCollection();
        services.AddSettings(host, models);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (Exception error) when (StartFailure.Sentences(error) is { } sentences)
        {
            return sentences;
        }
    }
}
