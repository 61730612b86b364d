using System.Net.Sockets;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;

namespace EcsFargateLogin.Aws.Errors;

/// <summary>Turns whatever the SDK throws during a call into an error of this module.</summary>
internal static class FailureTranslator
{
    /// <summary>Makes the error. Cancellation by the caller is not a failure and must be told apart before.</summary>
    internal static FargateException Translate(Exception exception, ServiceCall call) => exception switch
    {
        FargateException known => known,
        ForeignAnswerException foreign =>
            FargateErrors.NotAws(call.Endpoint, (int)foreign.StatusCode, foreign.ContentType),
        AmazonServiceException { ErrorCode.Length: > 0 } refusal => RefusalTranslator.Translate(refusal, call),
        _ => FargateErrors.EndpointUnreachable(call.Endpoint, Reason(exception), exception),
    };

    // The outer exceptions only repeat that something failed; what failed stands innermost.
    private static string Reason(Exception exception)
    {
        List<Exception> causes = [];
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            causes.Add(cause);
        }

        if (causes.OfType<SocketException>().FirstOrDefault() is { } socket)
        {
            return $"{socket.Message.TrimEnd('.')}.";
        }

        return causes.Any(cause => cause is OperationCanceledException or TimeoutException)
            ? "it did not answer in time."
            : $"{causes[^1].Message.TrimEnd('.')}.";
    }
}
