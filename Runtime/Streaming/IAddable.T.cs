namespace Serving.Runtime.Streaming;

/// <summary>A value that comes in pieces which add up: streams of it fold by <see cref="Add"/> instead of keeping the last piece.</summary>
/// <typeparam name="T">The type itself.</typeparam>
public interface IAddable<T> : IAddable
    where T : notnull
{
    /// <summary>This value followed by <paramref name="next"/>. Neither operand changes.</summary>
    T Add(T next);

    object IAddable.AddPiece(object next) => Add((T)next);
}
