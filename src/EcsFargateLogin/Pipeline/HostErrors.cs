using System.Management.Automation.Host;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Pipeline;

/// <summary>Shows errors through the host, when the pipeline accepts none any more and the user must still know them.</summary>
internal static class HostErrors
{
    /// <summary>Shows the error of an event that the pipeline cannot show any more.</summary>
    public static void Show(PSHost host, SessionEvent happened)
    {
        if (happened is SessionNotClosed notClosed)
        {
            Write(host, notClosed.Error.Message);
        }
        else
        {
            Show(host, (happened as SessionFailed)?.Error);
        }
    }

    /// <summary>Shows an error after which a task may still run. Other errors are dropped.</summary>
    public static void Show(PSHost host, FargateException? error)
    {
        if (error is { MayLeaveTask: true })
        {
            Write(host, error.Message);
        }
    }

    /// <summary>Writes a message as an error.</summary>
    public static void Write(PSHost host, string message)
    {
        try
        {
            host.UI.WriteErrorLine(message);
        }
        catch (Exception e) when (e is IOException or HostException or InvalidOperationException or NotImplementedException)
        {
            // The terminal is gone, or the host never had one. The rest of the clean-up continues.
        }
    }
}
