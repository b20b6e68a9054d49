namespace Serving.Host.Commands.Checks;

/// <summary>What a check found, from good to bad.</summary>
internal enum Outcome
{
    Pass,
    Warn,
    Fail,
}
