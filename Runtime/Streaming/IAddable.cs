namespace Serving.Runtime.Streaming;

/// <summary>A value that comes in pieces which add up.</summary>
/// <typeparam name="T">The type itself.</typeparam>
public interface IAddable<T>
{
    /// <summary>This value followed by <paramref name="next"/>. Neither operand changes.</summary>
    T Add(T next);
}
