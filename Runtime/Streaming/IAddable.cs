namespace Serving.Runtime.Streaming;

/// <summary>A value that comes in pieces which add up. Implement <see cref="IAddable{T}"/>, which brings this.</summary>
public interface IAddable
{
    /// <summary>This value followed by <paramref name="next"/>, which has the same type. Neither operand changes.</summary>
    object AddPiece(object next);
}
