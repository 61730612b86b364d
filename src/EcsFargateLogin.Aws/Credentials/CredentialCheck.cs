using System.Globalization;
using System.Text.Json;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>Obtains keys from credentials once, and says what is wrong where that fails.</summary>
internal static class CredentialCheck
{
    internal static async Task<ImmutableCredentials> ObtainAsync(
        FoundCredentials found, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            // Some kinds of credentials block.
            return await Task.Run(() => found.Credentials.ObtainAsync(end.Token), end.Token).WaitAsync(end.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            throw CredentialErrors.CredentialsUnusable(
                found.Source, $"there was no answer within {limit.TotalSeconds:0} s.", exception: null);
        }
        catch (Exception exception)
        {
            throw Unusable(found, exception);
        }
    }

    /// <summary>This module's own error among the causes of an exception, or null.</summary>
    internal static FargateException? Known(Exception? exception) =>
        exception is null ? null : exception as FargateException ?? Known(exception.InnerException);

    private static FargateException Unusable(FoundCredentials found, Exception exception)
    {
        if ((Known(exception) ?? FailureTranslator.Incomplete(exception)) is { } known)
        {
            return known;
        }

        if (IsExpiredLogin(exception))
        {
            return CredentialErrors.LoginExpired(found.Source, found.ProfileName, exception);
        }

        // What a service or the SDK says is safe to repeat; what an object or a file holds is not.
        var isSafe = IsOfSdk(exception.GetType());
        return CredentialErrors.CredentialsUnusable(
            found.Source, isSafe ? FirstLine(exception) : Kind(found, exception), isSafe ? exception : null);
    }

    private static bool IsExpiredLogin(Exception exception) =>
        exception.Message.Contains("SSO Token", StringComparison.OrdinalIgnoreCase)
        || exception.Message.Contains("Login Token", StringComparison.OrdinalIgnoreCase)
        || exception is AmazonServiceException { ErrorCode: "UnauthorizedException" }
        || (exception.InnerException is { } inner && IsExpiredLogin(inner));

    /// <summary>Whether it is an exception of this or another copy of the SDK: credentials may be another module's.</summary>
    private static bool IsOfSdk(Type? type) =>
        type is not null
        && (type.FullName is "Amazon.Runtime.AmazonServiceException" or "Amazon.Runtime.AmazonClientException"
            || IsOfSdk(type.BaseType));

    private static string Kind(FoundCredentials found, Exception exception) => exception switch
    {
        HttpRequestException or IOException or UnauthorizedAccessException => "what it asks for them cannot be reached or read.",
        JsonException => "what it asks for them answered with something else.",
        _ when found.ProfileName is null => "it gave none.",
        _ => "its settings do not fit together.",
    };

    private static string FirstLine(Exception exception)
    {
        var cause = exception.InnerException as AmazonServiceException ?? exception;
        return $"{cause.Message.Split('\n')[0].TrimEnd('.', '\r')}.";
    }
}

/// <summary>
/// Credentials whose every renewal, in the middle of a session too, has a limit and fails as an error of this module.
/// </summary>
internal sealed class CheckedCredentials(FoundCredentials found, TimeSpan limit) : AWSCredentials
{
    internal AWSCredentials Found => found.Credentials;

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override Task<ImmutableCredentials> GetCredentialsAsync() =>
        CredentialCheck.ObtainAsync(found, limit, CancellationToken.None);
}

/// <summary>
/// Tells when credentials end that only a person can renew, as far as it is known. Keys with a session token say
/// nothing of it themselves: it is known where whoever brought them has told it. Those of container, instance and web
/// identity, of a credential_process, and of a role without MFA are renewed by asking again.
/// </summary>
internal static class CredentialEnd
{
    /// <returns>Null when they are renewed without a person, last for ever, or nobody has told when they end.</returns>
    internal static DateTimeOffset? Of(AWSCredentials credentials) => credentials switch
    {
        CheckedCredentials { Found: var found } => Of(found),
        GivenCredentials { Source: var source } => source.End,
        EnvironmentCredentials => OfEnvironment(),
        MfaRole role => role.CodeEnd,
        RoleCredentials { Source: var source } role when Of(source) is { } end => Later(end, role.End),
        SsoCredentials { LoginEnd: { } end } login => Later(end, login.End),
        _ => null,
    };

    private static DateTimeOffset? OfEnvironment() =>
        EnvironmentCredentials.SessionToken is not null
        && EnvironmentNames.Value(EnvironmentNames.Expiration) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end
            : null;

    /// <summary>The keys that a login has brought may outlast it.</summary>
    private static DateTimeOffset Later(DateTimeOffset end, DateTimeOffset? ofKeys) => ofKeys > end ? ofKeys.Value : end;
}
