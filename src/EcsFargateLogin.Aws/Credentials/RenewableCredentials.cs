using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Sts;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Credentials that renew their keys shortly before these end. Unlike the SDK's base class it can be cancelled.
/// </summary>
[SuppressMessage("Reliability", "CA1001",
    Justification = "The semaphore allocates no handle, and AWSCredentials are not disposed of.")]
internal abstract class RenewableCredentials : AWSCredentials
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private TemporaryKeys? _keys;
    private DateTimeOffset _renewAt;

    /// <summary>The end of the current keys; null if there are none, or they do not end.</summary>
    internal DateTimeOffset? End => _keys?.End;

    public sealed override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public sealed override Task<ImmutableCredentials> GetCredentialsAsync() => GetAsync(CancellationToken.None);

    /// <summary>Returns the current keys, renewed if necessary.</summary>
    internal async Task<ImmutableCredentials> GetAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_keys is null || Now >= _renewAt)
            {
                await RenewAsync(cancellationToken);
            }

            return _keys!.Credentials;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The time before their end at which keys are renewed, so that no request expires under way.</summary>
    protected virtual TimeSpan Margin => TimeSpan.FromMinutes(5);

    protected virtual DateTimeOffset Now => DateTimeOffset.UtcNow;

    /// <summary>Obtains new keys, even if the current ones are valid.</summary>
    internal Task<TemporaryKeys> ObtainAnewAsync(CancellationToken cancellationToken) => ObtainAsync(cancellationToken);

    /// <summary>Obtains new keys.</summary>
    protected abstract Task<TemporaryKeys> ObtainAsync(CancellationToken cancellationToken);

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        TemporaryKeys keys;
        try
        {
            keys = await ObtainAsync(cancellationToken);
        }
        catch (Exception) when (_keys?.End > Now && !cancellationToken.IsCancellationRequested)
        {
            // The current keys are still valid, and the next renewal may succeed.
            return;
        }

        var now = Now;
        if (keys.End <= now)
        {
            throw new AmazonClientException(
                $"They had already ended when they were obtained, at {keys.End.Value.ToString("u", CultureInfo.InvariantCulture)}.");
        }

        _keys = keys;
        // Short-lived keys are not renewed for every request.
        _renewAt = keys.End is not { } end ? DateTimeOffset.MaxValue : end - (end - now > 2 * Margin ? Margin : (end - now) / 2);
    }
}

/// <summary>Obtains keys from any credentials.</summary>
internal static class CredentialExtensions
{
    /// <summary>Returns the current keys. The SDK's own credentials continue in the background after cancellation.</summary>
    internal static Task<ImmutableCredentials> ObtainAsync(
        this AWSCredentials credentials, CancellationToken cancellationToken) =>
        credentials is RenewableCredentials renewable
            ? renewable.GetAsync(cancellationToken)
            : Task.Run(credentials.GetCredentialsAsync, cancellationToken).WaitAsync(cancellationToken);
}
