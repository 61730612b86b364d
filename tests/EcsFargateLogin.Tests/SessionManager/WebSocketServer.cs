using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>A real server on 127.0.0.1 that opens WebSockets, or answers as a test says.</summary>
internal sealed class WebSocketServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebSocketServer(WebApplication app) => _app = app;

    /// <summary>Path and query of each request, exactly as they came.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

    /// <summary>The headers of each request.</summary>
    public ConcurrentQueue<IHeaderDictionary> Headers { get; } = new();

    /// <summary>The URL, without a path.</summary>
    public string Url => _app.Urls.Single().Replace("http:", "ws:", StringComparison.Ordinal);

    /// <summary>Starts a server that serves each WebSocket so.</summary>
    public static Task<WebSocketServer> StartAsync(Func<WebSocket, Task> serve) => StartForAsync(async context =>
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await serve(socket);
    });

    /// <summary>Starts a server that answers each request so.</summary>
    public static async Task<WebSocketServer> StartForAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebSocketServer server = new(builder.Build());
        server._app.UseWebSockets();
        server._app.Run(async context =>
        {
            server.Targets.Enqueue(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
            server.Headers.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary()));
            await answer(context);
        });
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
