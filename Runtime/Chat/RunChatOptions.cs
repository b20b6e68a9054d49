using Microsoft.Extensions.AI;
using Serving.Runtime.Runs;

namespace Serving.Runtime.Chat;

/// <summary>
/// The options of one call of a model, with the run that makes it. A client that retries or falls back learns from it how much time is left; any other
/// sees plain options. Models make one per call.
/// </summary>
public sealed class RunChatOptions : ChatOptions
{
    /// <summary>Makes the options of a call.</summary>
    /// <param name="run">The run that calls.</param>
    /// <param name="options">What the call asks for; copied.</param>
    public RunChatOptions(RunContext run, ChatOptions? options = null)
        : base(options)
    {
        ArgumentNullException.ThrowIfNull(run);
        Run = run;
    }

    /// <summary>The run that calls.</summary>
    public RunContext Run { get; }

    /// <inheritdoc/>
    public override ChatOptions Clone() => new RunChatOptions(Run, this);
}
