namespace Serving.Runtime.History;

/// <summary>Where the histories of sessions are kept. Thread-safe.</summary>
public interface IChatHistoryStore
{
    /// <summary>
    /// The history of a session; an empty one if the session is new. The id comes from the caller: whoever knows it reads the session,
    /// so a host with several users ties it to the user.
    /// </summary>
    IChatMessageHistory Get(string sessionId);
}
