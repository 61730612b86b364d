using System.Net.Sockets;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Errors;

/// <summary>Turns whatever the SDK throws during a call into an error of this module.</summary>
internal static class FailureTranslator
{
    /// <summary>Makes the error. Cancellation by the caller is not a failure and must be told apart before.</summary>
    internal static FargateException Translate(Exception exception, ServiceCall call)
    {
        // The outer exceptions only repeat that something failed; what failed stands further in.
        var causes = Causes(exception).ToList();
        if (causes.OfType<ForeignAnswerException>().FirstOrDefault() is { } foreign)
        {
            return CloudErrors.NotAws(call.Endpoint, (int)foreign.StatusCode, foreign.ContentType);
        }

        if (Incomplete(exception) is { } incomplete)
        {
            return incomplete;
        }

        // Credentials that could not be renewed, wherever the SDK was when it asked for them.
        return causes.OfType<FargateException>().FirstOrDefault() ?? exception switch
        {
            AmazonServiceException { ErrorCode.Length: > 0 } refusal => RefusalTranslator.Translate(refusal, call),
            _ => CloudErrors.EndpointUnreachable(call.Endpoint, Reason(causes), exception),
        };
    }

    /// <summary>The error where the cause is that a part of the SDK is not there; or null.</summary>
    internal static FargateException? Incomplete(Exception exception) =>
        Causes(exception).Select(MissingPart).OfType<string>().FirstOrDefault() is { } part ? GeneralErrors.ModuleIncomplete(part) : null;

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    /// <summary>
    /// The part of the SDK that could not be loaded; null where something else failed. Each part is loaded when it is first
    /// needed, and may have gone since the connection was made.
    /// </summary>
    private static string? MissingPart(Exception cause)
    {
        var name = cause switch
        {
            FileNotFoundException { FileName: { } file } => file,
            FileLoadException { FileName: { } file } => file,
            BadImageFormatException { FileName: { } file } => file,
            _ => "",
        };
        var folder = Path.GetDirectoryName(typeof(FailureTranslator).Assembly.Location) ?? "";
        // Either an assembly's name with its version, or a path.
        return name.Contains("AWSSDK.", StringComparison.Ordinal)
            ? Path.Combine(folder, $"{Path.GetFileName(name).Split(',')[0].Replace(".dll", "", StringComparison.Ordinal)}.dll")
            : null;
    }

    private static string Reason(List<Exception> causes) =>
        causes.Any(cause => cause is OperationCanceledException or TimeoutException) ? "it did not answer in time."
        : $"{(causes.OfType<SocketException>().FirstOrDefault() ?? causes[^1]).Message.TrimEnd('.')}.";
}

/// <summary>What was asked of AWS, for the words of an error about it.</summary>
/// <param name="Operation">The operation as IAM names it, such as ecs:RunTask.</param>
/// <param name="Endpoint">Where the request went.</param>
/// <param name="CredentialSource">Where the credentials came from, for people.</param>
internal sealed record ServiceCall(string Operation, Uri Endpoint, string CredentialSource)
{
    internal string? Cluster { get; init; }

    internal string? TaskDefinition { get; init; }

    internal string? Task { get; init; }

    internal string? ContainerName { get; init; }

    internal IReadOnlyCollection<string> Subnets { get; init; } = [];

    internal IReadOnlyCollection<string> SecurityGroups { get; init; } = [];

    internal IReadOnlyCollection<string> NetworkInterfaces { get; init; } = [];
}
