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
            return await send(limit.Token).WaitAsync(limit.Token);
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
}
