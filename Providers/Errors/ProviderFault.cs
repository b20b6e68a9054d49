namespace Serving.Providers.Errors;

/// <summary>Whose a failure is, which tells what helps: waiting, an operator, or another request.</summary>
public enum ProviderFault
{
    /// <summary>It may pass: the same request may succeed later. A rate limit, an overload, a lost connection, an answer cut off.</summary>
    Transient,

    /// <summary>No request of this model succeeds until an operator acts: key, account, quota, unknown model, wrong address.</summary>
    HardDown,

    /// <summary>The request: the same one fails again, others may succeed. Too long, refused for its content, invalid, or an answer of more than the host takes.</summary>
    Caller,
}
