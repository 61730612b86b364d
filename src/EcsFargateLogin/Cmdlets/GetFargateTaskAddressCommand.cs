using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Returns the addresses of tasks. Waits until they run and have their addresses, unless -NoWait is given.</summary>
[Cmdlet(VerbsCommon.Get, "FargateTaskAddress", DefaultParameterSetName = SessionSet,
    HelpUri = HelpPages.Folder + "Get-FargateTaskAddress.md")]
[OutputType(typeof(FargateTaskAddress), typeof(Hashtable))]
public sealed class GetFargateTaskAddressCommand : TaskCmdlet
{
    /// <summary>
    /// The route to take: Private returns the private address, for use inside the VPC. With -ForPSSession, the parameters for
    /// InstanceConnect and SessionManager name a port of this PowerShell, which leads to the container for as long as the session
    /// is open here. Without it the route that the session was started with is used.
    /// </summary>
    [Parameter(HelpMessage = "The route to take: Auto, Public, Private, InstanceConnect or SessionManager.")]
    public FargateRoute? Route { get; set; }

    /// <summary>Returns what is known now, without waiting for an address.</summary>
    [Parameter(HelpMessage = "Returns what is known now, without waiting for an address.")]
    public SwitchParameter NoWait { get; set; }

    /// <summary>
    /// Waits until the SSH server answers and returns the parameters by which Enter-PSSession, New-PSSession and
    /// Invoke-Command reach PowerShell in the container, with the session's key and host key: a hashtable to splat.
    /// </summary>
    [Parameter(HelpMessage = "Returns the parameters of Enter-PSSession and similar, as a hashtable to splat.")]
    public SwitchParameter ForPSSession { get; set; }

    /// <summary>Returns the addresses of this record's tasks.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        foreach (var byCloud in Targets().GroupBy(target => target.Cloud, target => target.Session).ToList())
        {
            var waiter = WaiterFor(byCloud.Key);
            if (NoWait)
            {
                foreach (var session in byCloud)
                {
                    Guard(session, () => PollOnce(waiter, session));
                }
            }
            else
            {
                foreach (var session in byCloud.Where(session => session.IsClosed))
                {
                    Report(SessionErrors.SessionEnded(session), session);
                }

                FargateSession[] open = [.. byCloud.Where(session => !session.IsClosed && CanAnswerFor(session))];
                Await((progress, cancellationToken) => waiter.WaitAsync(
                    open, ReadinessOfAsked, progress, cancellationToken));
            }
        }
    });

    private protected override void Show(SessionEvent happened)
    {
        base.Show(happened);
        switch (happened)
        {
            case SessionReady ready:
                WriteObject(AnswerFor(ready.Session));
                break;
            case SessionFailed failed:
                // The command that started the session stops it, if it runs in the same pipeline.
                OwnedSessions.EndWithPipeline(failed.Session);
                Report(failed.Error, failed.Session);
                break;
        }
    }

    /// <summary>
    /// Whether the requested parameters or address exist. Remoting needs ssh: a session without it is reported.
    /// </summary>
    private bool CanAnswerFor(FargateSession session)
    {
        var canAnswer = !ForPSSession || session.Transport.HasSsh();
        if (!canAnswer)
        {
            Report(RouteErrors.SshNeeded(session, "PowerShell's remoting"), session);
        }

        return canAnswer;
    }

    private Readiness ReadinessOfAsked =>
        new(CanBeEntered: ForPSSession) { Transport = ForPSSession ? FargateTransport.Ssh : null, Route = Route };

    private object AnswerFor(FargateSession session) =>
        ForPSSession ? PSSessionParameters.Of(session) : new FargateTaskAddress(session, Route ?? session.WantedRoute);

    private void PollOnce(SessionWaiter waiter, FargateSession session)
    {
        Await((_, cancellationToken) => waiter.PollOnceAsync(session, cancellationToken));
        WriteObject(AnswerFor(session));
    }
}
