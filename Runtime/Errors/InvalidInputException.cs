using Serving.Runtime.Schemas;

namespace Serving.Runtime.Errors;

/// <summary>An input or config that does not fit its schema. All problems are told at once, each with its place.</summary>
public sealed class InvalidInputException : ServingException
{
    /// <summary>Makes the error of the problems found.</summary>
    public InvalidInputException(IReadOnlyList<InputError> errors)
        : base(ErrorKind.InvalidInput, Describe(errors)) => Errors = errors;

    /// <summary>Makes the error of one sentence, where no place in the input is to blame.</summary>
    public InvalidInputException(string message)
        : base(ErrorKind.InvalidInput, message) => Errors = [];

    /// <summary>The problems, in the order of the input.</summary>
    public IReadOnlyList<InputError> Errors { get; }

    private static string Describe(IReadOnlyList<InputError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        return string.Join("; ", errors.Select(error =>
            error.Location.Count == 0 ? error.Message : $"{string.Join('.', error.Location)}: {error.Message}"));
    }
}
