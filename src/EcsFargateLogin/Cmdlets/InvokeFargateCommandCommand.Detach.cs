using System.Management.Automation;
using System.Security.Cryptography;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Cmdlets;

// Commands that run on when this one has returned.
public sealed partial class InvokeFargateCommandCommand
{
    /// <summary>The parameters that are about waiting for the command, or about its output.</summary>
    private static readonly string[] ParametersOfWaiting =
        [nameof(AsJob), nameof(JobName), nameof(PassThru), nameof(Raw), nameof(Timeout), nameof(StandardErrorAs)];

    private string? _detachedId;

    /// <summary>
    /// Starts the command in the container, where it runs on without a connection, and returns a handle for Receive-FargateCommand. The
    /// session goes on with it. It takes ssh, and goes with none of -AsJob, -PassThru, -Raw, -Timeout and -StandardErrorAs.
    /// </summary>
    [Parameter(HelpMessage = "Starts the command, which runs on without this PowerShell.")]
    public SwitchParameter Detach { get; set; }

    private protected override FargateTransport? WantedTransport => Detach ? FargateTransport.Ssh : base.WantedTransport;

    /// <summary>With -Detach, makes the command one that begins it and leaves it running.</summary>
    private void DetachIfAsked()
    {
        if (!Detach)
        {
            return;
        }

        string[] others = [.. ParametersOfWaiting.Where(MyInvocation.BoundParameters.ContainsKey).Select(name => $"-{name}")];
        if (IsForRunningTasks || others.Length > 0)
        {
            throw IsForRunningTasks ? CommandErrors.DetachNeedsSession() : CommandErrors.DetachGoesAlone(others);
        }

        _detachedId = RandomNumberGenerator.GetHexString(24, lowercase: true);
        _command = DetachedCommand.Beginning(_command!, _detachedId);
    }

    /// <summary>Returns the handle of a command that runs on. From now on nothing ends its session but its limits, or the caller.</summary>
    private void ShowDetached(CommandEnded ended, CollectedOutput output)
    {
        _shared!.Leave(ended.Session);
        if (ended.Error is not null || ended.ExitCode != 0)
        {
            Report(ended.Error ?? CommandErrors.NotDetached(ended.Session, ended.ExitCode, output.ErrorText), ended.Session);
            return;
        }

        DetachedRecord record = new()
        {
            CommandId = _detachedId!,
            SessionId = ended.Session.SessionId,
            StartedAt = DateTimeOffset.UtcNow,
            EndsSession = Owned.Owns(ended.Session),
        };
        Journal.Write(record);
        OwnedSessions.Keep(ended.Session);
        WriteObject(new FargateDetachedCommand
        {
            CommandId = record.CommandId,
            SessionId = record.SessionId,
            StartedAt = record.StartedAt,
            State = FargateCommandState.Running,
        });
    }
}
