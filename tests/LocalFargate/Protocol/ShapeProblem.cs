using System.Text.Json;

namespace LocalFargate.Protocol;

/// <summary>One way in which a document does not fit its shape.</summary>
/// <param name="IsMalformed">True for a wrong type or name, false for a value that breaks a constraint.</param>
/// <param name="Message">What is wrong, with the path of the member, in AWS's words where it has some.</param>
internal sealed record ShapeProblem(bool IsMalformed, string Message)
{
    internal static ShapeProblem WrongType(string path, string expected, JsonValueKind found) =>
        new(true, $"Expected {expected} at '{path}' but found {found}");

    internal static ShapeProblem UnknownMember(string path, string shape) =>
        new(true, $"Unknown member '{path}': {shape} has no such member");

    internal static ShapeProblem Violated(string path, string value, string constraint) =>
        new(false, $"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}");
}
