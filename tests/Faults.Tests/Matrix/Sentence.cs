namespace Serving.Faults.Tests.Matrix;

/// <summary>What clients read. {model} is <c>Model 'name' of provider 'provider'</c>.</summary>
internal static class Sentence
{
    public const string CannotAnswer = "{model} cannot answer now.";
    public const string Unreachable = "{model} cannot be reached.";
    public const string Unsafe = "{model} cannot be reached safely. The host may not trust its certificate, or the host's base URL may be wrong.";
    public const string TooMuch = "{model} answered with more than the host takes.";
    public const string Late = "{model} did not answer in time.";
    public const string Late20 = "{model} did not answer within 20 s.";
    public const string Silent = "{model} fell silent for 25 s in the middle of its answer.";
    public const string Limited = "{model} takes no more calls for now. Try again later.";
    public const string Broken = "{model} broke off its answer.";
    public const string Nonsense = "{model} answered with something that is not an answer of a model.";
    public const string Failed = "{model} failed while it answered.";
    public const string Page = "{model} answered with something that is neither JSON nor a stream of events. The host's base URL may be wrong.";
    public const string Key = "{model} refused the host's key.";
    public const string Quota = "{model} refused the call: the host's account has no quota left.";
    public const string Unknown = "Provider '{provider}' knows no model '{name}', or the host's base URL is wrong.";
    public const string Invalid = "{model} refused the request as invalid.";
    public const string TooLarge = "The request is larger than model '{name}' of provider '{provider}' takes.";
    public const string TooLong = "The prompt is longer than model '{name}' of provider '{provider}' takes. Shorten it.";
    public const string Rejected = "{model} rejected the content of the prompt.";
}
