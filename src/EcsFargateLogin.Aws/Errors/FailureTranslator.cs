using System.Net.Sockets;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Errors;

/// <summary>Converts any exception of the SDK to an error of this module.</summary>
internal static class FailureTranslator
{
    /// <summary>Converts an exception, except cancellation by the caller.</summary>
    internal static FargateException Translate(Exception exception, ServiceCall call)
    {
        // Outer exceptions only repeat that something failed; inner ones tell what.
        var causes = Causes(exception).ToList();
        if (causes.OfType<ForeignReplyException>().FirstOrDefault() is { } foreign)
        {
            return CloudErrors.NotAws(call.Endpoint, (int)foreign.StatusCode, foreign.ContentType);
        }

        if (Incomplete(exception) is { } incomplete)
        {
            return incomplete;
        }

        // Credentials that could not be renewed, at any place in the SDK.
        return causes.OfType<FargateException>().FirstOrDefault() ?? exception switch
        {
            AmazonServiceException { ErrorCode.Length: > 0 } refusal => RefusalTranslator.Translate(refusal, call),
            _ => CloudErrors.EndpointUnreachable(call.Endpoint, Reason(causes), exception),
        };
    }

    /// <summary>Returns the error for a missing part of the SDK; null for other causes.</summary>
    internal static FargateException? Incomplete(Exception exception) =>
        Causes(exception).Select(MissingPart).OfType<string>().FirstOrDefault() is { } part
            ? GeneralErrors.ModuleIncomplete(part)
            : null;

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    /// <summary>
    /// Returns the assembly of the SDK that could not be loaded; null for other failures. Assemblies are loaded on first use, and
    /// may have been deleted since the connection was opened.
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
        // An assembly's name with its version, or a path.
        return name.Contains("AWSSDK.", StringComparison.Ordinal)
            ? Path.Combine(folder, $"{Path.GetFileName(name).Split(',')[0].Replace(".dll", "", StringComparison.Ordinal)}.dll")
            : null;
    }

    private static string Reason(List<Exception> causes) =>
        causes.Any(cause => cause is OperationCanceledException or TimeoutException) ? "it did not answer in time."
        : $"{(causes.OfType<SocketException>().FirstOrDefault() ?? causes[^1]).Message.TrimEnd('.')}.";
}

/// <summary>A call of AWS, for the text of errors about it.</summary>
/// <param name="Operation">The operation as IAM names it, such as ecs:RunTask.</param>
/// <param name="Endpoint">The endpoint of the request.</param>
/// <param name="CredentialSource">The source of the credentials, for display.</param>
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
