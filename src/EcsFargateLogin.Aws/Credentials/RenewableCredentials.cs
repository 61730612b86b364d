using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Sts;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Credentials that obtain keys and, shortly before those end, obtain others. Unlike the SDK's own base class it can be
/// cancelled, which ends what it waits for.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphore has no handle, as nobody waits for one; AWSCredentials are not disposed of.")]
internal abstract class RenewableCredentials : AWSCredentials
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private TemporaryKeys? _keys;
    private DateTimeOffset _renewAt;

    /// <summary>When the present keys end; null where there are none, or where they do not end.</summary>
    internal DateTimeOffset? End => _keys?.End;

    public sealed override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public sealed override Task<ImmutableCredentials> GetCredentialsAsync() => GetAsync(CancellationToken.None);

    /// <summary>The keys that are valid now.</summary>
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

    /// <summary>How long before their end keys are renewed: no request is signed with what expires on its way.</summary>
    protected virtual TimeSpan Margin => TimeSpan.FromMinutes(5);

    protected virtual DateTimeOffset Now => DateTimeOffset.UtcNow;

    /// <summary>Obtains keys, whatever there is already.</summary>
    internal Task<TemporaryKeys> ObtainAnewAsync(CancellationToken cancellationToken) => ObtainAsync(cancellationToken);

    /// <summary>Obtains other keys.</summary>
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
            // The present ones are good for some minutes yet, and the cause may be gone by then.
            return;
        }

        var now = Now;
        if (keys.End <= now)
        {
            throw new AmazonClientException(
                $"They had ended before they came, at {keys.End.Value.ToString("u", CultureInfo.InvariantCulture)}.");
        }

        _keys = keys;
        // Keys of a short life are not renewed for each request.
        _renewAt = keys.End is not { } end ? DateTimeOffset.MaxValue : end - (end - now > 2 * Margin ? Margin : (end - now) / 2);
    }
}

/// <summary>Asks credentials of any kind.</summary>
internal static class AnyCredentials
{
    /// <summary>The keys that are valid now. The SDK's own kinds go on in the background when they are given up.</summary>
    internal static Task<ImmutableCredentials> ObtainAsync(this AWSCredentials credentials, CancellationToken cancellationToken) =>
        credentials is RenewableCredentials renewable
            ? renewable.GetAsync(cancellationToken)
            : Task.Run(credentials.GetCredentialsAsync, cancellationToken).WaitAsync(cancellationToken);
}
