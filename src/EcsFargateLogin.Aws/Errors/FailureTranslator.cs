using System.Net.Sockets;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;

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
            return FargateErrors.NotAws(call.Endpoint, (int)foreign.StatusCode, foreign.ContentType);
        }

        // Credentials that could not be renewed, wherever the SDK was when it asked for them.
        return causes.OfType<FargateException>().FirstOrDefault() ?? exception switch
        {
            AmazonServiceException { ErrorCode.Length: > 0 } refusal => RefusalTranslator.Translate(refusal, call),
            _ => FargateErrors.EndpointUnreachable(call.Endpoint, Reason(causes), exception),
        };
    }

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private static string Reason(List<Exception> causes) =>
        causes.Any(cause => cause is OperationCanceledException or TimeoutException) ? "it did not answer in time."
        : $"{(causes.OfType<SocketException>().FirstOrDefault() ?? causes[^1]).Message.TrimEnd('.')}.";
}
