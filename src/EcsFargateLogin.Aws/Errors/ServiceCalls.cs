using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Errors;

/// <summary>Makes calls of AWS within a time limit, and converts whatever fails to errors of this module.</summary>
internal static class ServiceCalls
{
    private const int MostPages = 100;

    // Time limit for all attempts of one request together; three attempts of 15 s would take 45 s and more.
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(40);

    // AWS accepts signatures that are five minutes off, and the SDK takes a difference of less than this for none.
    private static readonly TimeSpan ClockChange = TimeSpan.FromMinutes(4);

    internal static async Task<IReadOnlyList<T>> AllPagesAsync<T>(
        ServiceCall call, Func<string?, CancellationToken, Task<Page<T>>> send, CancellationToken cancellationToken)
    {
        List<T> items = [];
        string? next = null;
        for (var count = 0; count < MostPages; count++)
        {
            var page = await SendAsync(call, token => send(next, token), cancellationToken);
            items.AddRange(page.Items);
            if (string.IsNullOrEmpty(page.NextToken))
            {
                return items;
            }

            next = page.NextToken;
        }

        throw CloudErrors.MalformedReply(call.Operation, $"has more than {MostPages} pages");
    }

    internal static async Task<T> SendAsync<T>(
        ServiceCall call, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(RequestLimit, cancellationToken);
        try
        {
            return await SendWithClockAsync(call.Endpoint.AbsoluteUri, send, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception)
        {
            throw FailureTranslator.Translate(exception, call);
        }
    }

    /// <summary>
    /// Sends once more where this machine's clock was put right. The SDK signs by what it has last learned of AWS's clock: it tries
    /// again where that says that the clock is off, and not where it says that the clock is right again.
    /// </summary>
    private static async Task<T> SendWithClockAsync<T>(string endpoint, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        var correction = CorrectClockSkew.GetClockCorrectionForEndpoint(endpoint);
        try
        {
            return await send(cancellationToken);
        }
        catch (AmazonServiceException e) when ((int)e.StatusCode is >= 400 and < 500 && HasChanged())
        {
            return await send(cancellationToken);
        }

        bool HasChanged() => (CorrectClockSkew.GetClockCorrectionForEndpoint(endpoint) - correction).Duration() > ClockChange;
    }
}
