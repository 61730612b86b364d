using System.Reflection;
using System.Runtime.CompilerServices;

namespace EcsFargateLogin.Cloud;

/// <summary>Credentials that the user passed as keys or as an object.</summary>
internal interface ICredentialSource
{
    /// <summary>The parameter that passed them: Keys, Credential or StoredCredentials.</summary>
    CredentialOrigin Origin { get; }

    /// <summary>Returns the keys that are valid now. Called for each request, because keys may be renewed in between.</summary>
    Task<AccessKeys> GetKeysAsync();

    /// <summary>The identity of the source, for comparisons. Holds no secret that the source does not hold.</summary>
    object Identity => this;

    /// <summary>The time when the keys expire for good; null where they are renewed or the time is not known.</summary>
    DateTimeOffset? End => null;
}

/// <summary>The keys that sign requests to AWS.</summary>
/// <param name="AccessKey">The access key id.</param>
/// <param name="SecretKey">The secret access key.</param>
/// <param name="SessionToken">The session token of temporary keys; null for long-lived ones.</param>
internal sealed record AccessKeys(string AccessKey, string SecretKey, string? SessionToken)
{
    /// <summary>Shows no secret.</summary>
    public override string ToString() => nameof(AccessKeys);
}

/// <summary>Keys that the user passed as parameters.</summary>
/// <param name="origin">The parameter that passed them.</param>
/// <param name="keys">The keys.</param>
internal sealed class GivenKeys(CredentialOrigin origin, AccessKeys keys) : ICredentialSource
{
    /// <inheritdoc/>
    public CredentialOrigin Origin => origin;

    /// <inheritdoc/>
    public object Identity => keys.AccessKey;

    /// <inheritdoc/>
    public Task<AccessKeys> GetKeysAsync() => Task.FromResult(keys);
}

/// <summary>Names the origins of credentials by the user's parameters.</summary>
internal static class CredentialOriginText
{
    public static string ToText(this CredentialOrigin origin) => origin switch
    {
        CredentialOrigin.Profile => "-ProfileName",
        CredentialOrigin.Keys => "-AccessKey and -SecretKey",
        CredentialOrigin.Credential => "-Credential",
        CredentialOrigin.StoredCredentials => "$StoredAWSCredentials",
        _ => "the default credentials",
    };
}

/// <summary>
/// A credentials object of another module, such as AWS Tools for PowerShell. Its type comes from that module's copy of the AWS
/// SDK, so its members are called by name. It is asked for keys on each use, and so keeps renewing itself.
/// </summary>
internal sealed class ForeignCredentials : ICredentialSource
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly object _credentials;
    private readonly MethodInfo _getKeys;

    private ForeignCredentials(CredentialOrigin origin, object credentials, MethodInfo getKeys)
    {
        Origin = origin;
        _credentials = credentials;
        _getKeys = getKeys;
    }

    /// <inheritdoc/>
    public CredentialOrigin Origin { get; }

    /// <inheritdoc/>
    public object Identity => _credentials;

    /// <summary>
    /// Wraps an AWSCredentials of any copy of the SDK, or an object that holds one in its property Credentials.
    /// </summary>
    /// <param name="value">The object.</param>
    /// <param name="origin">The parameter that passed it.</param>
    /// <returns>Null when the object is neither.</returns>
    internal static ForeignCredentials? TryWrap(object value, CredentialOrigin origin)
    {
        var credentials = value;
        if (FindGetKeys(credentials) is null
            && value.GetType().GetProperty("Credentials", AnyInstance)?.GetValue(value) is { } held)
        {
            credentials = held;
        }

        return FindGetKeys(credentials) is { } getKeys
            ? new ForeignCredentials(origin, credentials, getKeys)
            : null;
    }

    /// <inheritdoc/>
    public async Task<AccessKeys> GetKeysAsync()
    {
        var reply = _getKeys.Invoke(
            _credentials, BindingFlags.DoNotWrapExceptions, binder: null, parameters: null, culture: null);
        if (reply is Task task)
        {
            await task;
            reply = Read<object>(task, "Result");
        }

        return reply is not null
            && Read<string>(reply, "AccessKey") is { Length: > 0 } accessKey
            && Read<string>(reply, "SecretKey") is { Length: > 0 } secretKey
            ? new AccessKeys(accessKey, secretKey, Read<string>(reply, "Token") is { Length: > 0 } token ? token : null)
            : throw CredentialErrors.CredentialsUnusable(Origin.ToText(), "the object holds no keys.", exception: null);
    }

    /// <inheritdoc/>
    public DateTimeOffset? End =>
        !RenewsItself(_credentials.GetType())
        && _credentials.GetType().GetProperty("Expiration", AnyInstance)?.GetValue(_credentials) is DateTime end
        && end > DateTime.UnixEpoch
            ? new DateTimeOffset(end.ToUniversalTime())
            : null;

    private static bool RenewsItself(Type? type) =>
        type is not null && (type.FullName == "Amazon.Runtime.RefreshingAWSCredentials" || RenewsItself(type.BaseType));

    /// <summary>Two sources are equal when they wrap the same object.</summary>
    public override bool Equals(object? obj) =>
        obj is ForeignCredentials other && ReferenceEquals(_credentials, other._credentials);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(_credentials);

    private static MethodInfo? FindGetKeys(object credentials) =>
        credentials.GetType().GetMethod("GetCredentialsAsync", Type.EmptyTypes)
        ?? credentials.GetType().GetMethod("GetCredentials", Type.EmptyTypes);

    private static T? Read<T>(object from, string property)
        where T : class =>
        from.GetType().GetProperty(property)?.GetValue(from) as T;
}
