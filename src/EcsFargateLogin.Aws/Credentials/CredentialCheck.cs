using System.Globalization;
using System.Text.Json;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>Obtains keys from credentials, and explains a failure.</summary>
internal static class CredentialCheck
{
    internal static async Task<ImmutableCredentials> ObtainAsync(
        FoundCredentials found, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var end = TimeLimit.Begin(limit, cancellationToken);
        try
        {
            // Some credentials block.
            return await Task.Run(() => found.Credentials.ObtainAsync(end.Token), end.Token).WaitAsync(end.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            throw CredentialErrors.CredentialsUnusable(
                found.Source, $"there was no reply within {limit.TotalSeconds:0} s.", exception: null);
        }
        catch (Exception exception)
        {
            throw Unusable(found, exception);
        }
    }

    /// <summary>Finds this module's own error among the causes of an exception; null if there is none.</summary>
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

        // Messages of a service or of the SDK are safe to show; content of objects and files is not.
        var isSafe = IsOfSdk(exception.GetType());
        return CredentialErrors.CredentialsUnusable(
            found.Source, isSafe ? FirstLine(exception) : Kind(found, exception), isSafe ? exception : null);
    }

    private static bool IsExpiredLogin(Exception exception) =>
        exception.Message.Contains("SSO Token", StringComparison.OrdinalIgnoreCase)
        || exception.Message.Contains("Login Token", StringComparison.OrdinalIgnoreCase)
        || exception is AmazonServiceException { ErrorCode: "UnauthorizedException" }
        || (exception.InnerException is { } inner && IsExpiredLogin(inner));

    /// <summary>Whether an exception is the SDK's, also another copy's: credentials may come from another module.</summary>
    private static bool IsOfSdk(Type? type) =>
        type is not null
        && (type.FullName is "Amazon.Runtime.AmazonServiceException" or "Amazon.Runtime.AmazonClientException"
            || IsOfSdk(type.BaseType));

    private static string Kind(FoundCredentials found, Exception exception) => exception switch
    {
        HttpRequestException or IOException or UnauthorizedAccessException => "their source cannot be reached or read.",
        JsonException => "their source sent an invalid reply.",
        _ when found.ProfileName is null => "it returned none.",
        _ => "its settings do not fit together.",
    };

    private static string FirstLine(Exception exception)
    {
        var cause = exception.InnerException as AmazonServiceException ?? exception;
        return $"{cause.Message.Split('\n')[0].TrimEnd('.', '\r')}.";
    }
}

/// <summary>
/// Credentials that are renewed within a time limit, and fail with an error of this module.
/// </summary>
internal sealed class CheckedCredentials(FoundCredentials found, TimeSpan limit) : AWSCredentials
{
    internal AWSCredentials Found => found.Credentials;

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override Task<ImmutableCredentials> GetCredentialsAsync() =>
        CredentialCheck.ObtainAsync(found, limit, CancellationToken.None);
}

/// <summary>
/// Determines the end of credentials that only a person can renew, as far as it is known: keys with a session token do not
/// contain it, but their source may tell it. Credentials of container, instance, web identity and credential_process, and of a
/// role without MFA, renew themselves.
/// </summary>
internal static class CredentialEnd
{
    /// <returns>Null if they renew themselves, do not end, or their end is not known.</returns>
    internal static DateTimeOffset? Of(AWSCredentials credentials) => credentials switch
    {
        CheckedCredentials { Found: var found } => Of(found),
        UserCredentials { Source: var source } => source.End,
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

    /// <summary>Returns the later end: keys may outlast the login that gave them.</summary>
    private static DateTimeOffset Later(DateTimeOffset end, DateTimeOffset? ofKeys) => ofKeys > end ? ofKeys.Value : end;
}
