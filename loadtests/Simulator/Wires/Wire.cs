using System.Globalization;
using Serving.Simulator.Answers;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Wires;

/// <summary>How a provider is spoken to. Wires hold no state.</summary>
internal abstract class Wire
{
    /// <summary>The provider's part of an endpoint's name in the ledger.</summary>
    public abstract string Name { get; }

    /// <summary>The key a request carries; null or empty if it carries none.</summary>
    public virtual string? Key(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var value = request.Headers.Authorization.ToString();
        return value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? value[scheme.Length..].Trim() : null;
    }

    /// <summary>What is wrong with a request of chat that this provider does not take; null if nothing is.</summary>
    public abstract ProviderError? Refuse(HttpRequest http, ModelRequest request);

    /// <summary>The provider's status and body for a complaint.</summary>
    /// <param name="about">The complaint.</param>
    /// <param name="message">What it says in place of the provider's usual words; escaped by the wire.</param>
    public abstract ProviderError Error(ErrorCase about, string? message = null);

    public virtual void WriteHeaders(IHeaderDictionary headers, string id) => headers["x-request-id"] = "req_" + id;

    /// <summary>When a budget is full again.</summary>
    public abstract void WriteReset(IHeaderDictionary headers, string budget, double seconds, DateTimeOffset now);

    public abstract string Whole(Answer answer);

    public abstract StreamForm Stream(Answer answer);

    public abstract TokenCounts Told(TokenCounts usage);

    public void WriteRetry(IHeaderDictionary headers, RetryHint hint, DateTimeOffset now)
    {
        if (hint.Seconds is { } seconds)
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (hint.Date is { } date)
            headers.RetryAfter = now.AddSeconds(date).ToString("R", CultureInfo.InvariantCulture);
        if (hint.Milliseconds is { } milliseconds)
            headers["retry-after-ms"] = milliseconds.ToString(CultureInfo.InvariantCulture);
        if (hint.ResetRequests is { } requests)
            WriteReset(headers, "requests", requests, now);
        if (hint.ResetTokens is { } tokens)
            WriteReset(headers, "tokens", tokens, now);
    }
}
