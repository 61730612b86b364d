using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using LocalFargate.Containers;
using LocalFargate.Control;

namespace LocalFargate;

/// <content>How it comes to its address.</content>
public sealed partial class LocalFargateServer
{
    /// <summary>
    /// No two servers of a process have the same port, not even one after the other: the SDK remembers by address how far a
    /// server's clock is off, as long as its process lives, and would sign for the next one with the time of the first.
    /// </summary>
    private static readonly ConcurrentDictionary<string, byte> _takenUrls = [];

    private async Task ListenAsync(ILogger logger, CancellationToken cancellationToken)
    {
        Isolation = await ContainerLauncher.FindIsolationOnceAsync();
        if (Isolation != Isolation.Namespaces)
        {
            logger.Isolated(Isolation == Isolation.ProcessesOnly
                ? $"Not root, or not allowed to mount: containers run as {UserName} on this machine's files."
                : $"Namespaces cannot be made here: containers run as plain processes of {UserName}.");
        }

        while (true)
        {
            _application = CreateApplication();
            await _application.StartAsync(cancellationToken);
            EndpointUrl = _application.Urls.Single();
            if (_takenUrls.TryAdd(EndpointUrl, 0) || _options.Port != 0)
            {
                return;
            }

            await _application.DisposeAsync();
        }
    }

    private WebApplication CreateApplication()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, _options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var application = builder.Build();
        application.Use((http, next) =>
        {
            http.Response.Headers.Date = (DateTimeOffset.UtcNow + _options.ClockOffset).ToString("R", CultureInfo.InvariantCulture);
            return next();
        });
        application.UseRouting();
        application.UseWebSockets();
        _dataChannels.Map(application);
        _tunnels.Map(application);
        ControlEndpoints.Map(application, this);
        application.MapFallback("{**path}", _endpoint.HandleAsync);
        return application;
    }
}
