using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EcsFargateLogin.Tests.Support;

/// <summary>A real HTTP server on 127.0.0.1 that remembers what it was asked and answers as a test says.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    /// <summary>
    /// No two servers have the same port, not even one after the other: the SDK remembers by address how far a server's clock is
    /// off, as long as its process lives, and would take the next one's for changed.
    /// </summary>
    private static readonly ConcurrentDictionary<string, byte> s_takenUrls = [];

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<CapturedRequest> _requests = new();

    private LoopbackServer(WebApplication app) => _app = app;

    internal IReadOnlyList<CapturedRequest> Requests => [.. _requests];

    internal CapturedRequest Single => Assert.Single(Requests);

    internal string Url { get; private set; } = "";

    internal static async Task<LoopbackServer> StartAsync(Func<CapturedRequest, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new LoopbackServer(builder.Build());
        server._app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers.ToDictionary(
                pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var request = new CapturedRequest(headers, await reader.ReadToEndAsync());
            server._requests.Enqueue(request);
            await answer(request, context);
        });
        await server._app.StartAsync();
        server.Url = server._app.Urls.Single();
        if (s_takenUrls.TryAdd(server.Url, 0))
        {
            return server;
        }

        await server.DisposeAsync();
        return await StartAsync(answer);
    }

    /// <summary>Answers every request with the same JSON.</summary>
    internal static Task<LoopbackServer> StartAsync(string json, int status = 200) =>
        StartAsync((_, context) => context.AnswerAsync(json, status));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
