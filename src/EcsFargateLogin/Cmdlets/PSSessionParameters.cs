using System.Collections;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>The parameters by which PowerShell's remoting over ssh reaches a session's container.</summary>
internal static class PSSessionParameters
{
    /// <summary>The time limit for a connection, in milliseconds. Tables of -SSHConnection have none by themselves, which is no time at all.</summary>
    private const int ConnectingTimeout = 60_000;

    /// <summary>The parameters, to be splatted, or given to -SSHConnection. The user's configuration of ssh cannot contradict them.</summary>
    /// <exception cref="FargateException">The session has no key here, or no address yet.</exception>
    public static Hashtable Of(FargateSession session)
    {
        if (session is { Transport: FargateTransport.EcsExec })
        {
            throw RouteErrors.SshNeeded(session, "PowerShell's remoting");
        }

        if (!File.Exists(session.KeyPath))
        {
            throw LoginErrors.KeyNotFound(session);
        }

        var endpoint = session.Endpoint;
        if (endpoint.Address is null)
        {
            throw RouteErrors.NoAddress(session);
        }

        Hashtable options = [];
        foreach (var option in SshCommandLine.ForRemoting(endpoint))
        {
            options[option.Name] = option.Value;
        }

        return new Hashtable
        {
            ["HostName"] = endpoint.Address,
            ["Port"] = endpoint.Port,
            ["UserName"] = session.UserName,
            ["KeyFilePath"] = session.KeyPath,
            ["ConnectingTimeout"] = ConnectingTimeout,
            ["Options"] = options,
        };
    }
}
