using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>Obtains keys from credentials once, and says what is wrong where that fails.</summary>
internal static class CredentialCheck
{
    internal static async Task ObtainAsync(FoundCredentials found, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            // Some kinds of credentials block, and none takes a token.
            await Task.Run(found.Credentials.GetCredentialsAsync, cancellationToken)
                .WaitAsync(limit, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (TimeoutException)
        {
            throw FargateErrors.CredentialsUnusable(
                found.Source, $"there was no answer within {limit.TotalSeconds:0} s.", exception: null);
        }
        catch (Exception exception)
        {
            throw Unusable(found, exception);
        }
    }

    internal static FargateException Unusable(FoundCredentials found, Exception exception)
    {
        if (IsExpiredLogin(exception))
        {
            return FargateErrors.LoginExpired(found.Source, found.ProfileName, exception);
        }

        // What a service or the SDK says is safe to repeat; what a process printed or a file holds is not.
        var isSafe = exception is AmazonServiceException or AmazonClientException;
        return FargateErrors.CredentialsUnusable(
            found.Source, isSafe ? FirstLine(exception) : Kind(exception), isSafe ? exception : null);
    }

    private static bool IsExpiredLogin(Exception exception) =>
        exception.Message.Contains("SSO Token", StringComparison.OrdinalIgnoreCase)
        || exception.Message.Contains("Login Token", StringComparison.OrdinalIgnoreCase)
        || exception is AmazonServiceException { ErrorCode: "UnauthorizedException" }
        || (exception.InnerException is { } inner && IsExpiredLogin(inner));

    private static string Kind(Exception exception) => exception switch
    {
        ProcessAWSCredentialException => "its credential_process failed, or printed something else than credentials.",
        HttpRequestException or IOException => "what it asks for them cannot be reached or read.",
        _ => $"its settings do not fit together ({exception.GetType().Name}).",
    };

    private static string FirstLine(Exception exception)
    {
        var cause = exception.InnerException as AmazonServiceException ?? exception;
        return $"{cause.Message.Split('\n')[0].TrimEnd('.', '\r')}.";
    }
}
