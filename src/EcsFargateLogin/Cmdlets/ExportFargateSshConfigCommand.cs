using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Listing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Writes a host for each session, by its id, into a configuration of ssh, so that ssh, scp, sftp, rsync, VS Code and others reach
/// it outside PowerShell. The entries of sessions that have ended are removed.
/// </summary>
[Cmdlet(VerbsData.Export, "FargateSshConfig", DefaultParameterSetName = OwnSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Export-FargateSshConfig.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportFargateSshConfigCommand : TaskCmdlet
{
    private const string OwnSet = "Own";

    private readonly List<SshConfigEntry> _entries = [];

    /// <summary>
    /// Adds a line to your own configuration of ssh, unless it is there, that includes the file: its first line, because one below a
    /// Host would hold for that host alone. Nothing else in it is changed.
    /// </summary>
    [Parameter(HelpMessage = "Adds the Include line to your own configuration of ssh.")]
    public SwitchParameter AddInclude { get; set; }

    /// <summary>
    /// Your own configuration of ssh, for -AddInclude. Without it .ssh/config in the home folder that ssh itself uses: the one of the
    /// system's list of users, and not of HOME.
    /// </summary>
    [Parameter(HelpMessage = "Your own configuration of ssh, for -AddInclude.")]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <summary>Waits until this record's sessions are ready, and collects their entries.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        var targets = ParameterSetName == OwnSet ? OwnSessions() : Targets();
        foreach (var byCloud in targets.GroupBy(target => target.Cloud, target => target.Session).ToList())
        {
            FargateSession[] open = [.. byCloud.Where(CanBeExported)];
            Readiness entered = new(CanBeEntered: true) { Transport = FargateTransport.Ssh };
            Await((progress, cancellationToken) =>
                WaiterFor(byCloud.Key).WaitAsync(open, entered, progress, cancellationToken));
        }
    });

    /// <summary>Writes the files.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Guard(null, Write);
    }

    private protected override void Show(SessionEvent happened)
    {
        base.Show(happened);
        switch (happened)
        {
            case SessionReady ready:
                Guard(ready.Session, () => Add(ready.Session));
                break;
            case SessionFailed failed:
                OwnedSessions.EndWithPipeline(failed.Session);
                Report(failed.Error, failed.Session);
                break;
        }
    }

    /// <summary>The sessions of this machine's journal that run. Finding them closes the entries of those that have ended.</summary>
    private IEnumerable<(FargateSession Session, IFargateCloud Cloud)> OwnSessions()
    {
        if (ProfileName is not null)
        {
            // A profile that does not exist is an error, even where no session needs it.
            Connect();
        }

        foreach (var connection in Journal.ReadAll().GroupBy(entry => entry.Connection))
        {
            SessionRecord[] entries = [.. connection];
            var cloud = Connect(Journal.SessionOf(entries[0]));
            var found = Await((_, cancellationToken) =>
                new SessionFinder(cloud, Journal).FindAsync(new SessionQuery(entries), cancellationToken));
            foreach (var error in found.Errors)
            {
                Report(error, null);
            }

            foreach (var session in found.Sessions.Where(session =>
                session.Status == TaskStatuses.Running && session.Transport.HasSsh() && File.Exists(session.KeyPath)))
            {
                yield return (session, cloud);
            }
        }
    }

    /// <summary>Whether ssh can log in to a session. One that it cannot is reported.</summary>
    private bool CanBeExported(FargateSession session)
    {
        var error = session.IsClosed ? SessionErrors.SessionEnded(session)
            : !session.Transport.HasSsh() ? RouteErrors.SshNeeded(session, MyInvocation.MyCommand.Name)
            : !File.Exists(session.KeyPath) ? LoginErrors.KeyNotFound(session)
            : null;
        if (error is not null)
        {
            Report(error, session);
        }

        return error is null;
    }

    private void Add(FargateSession session)
    {
        _entries.RemoveAll(entry => entry.SessionId == session.SessionId);
        _entries.Add(SshConfigEntry.Of(session));
        if (session.OpenRoute is { IsLocal: true } open)
        {
            WriteWarning(
                $"{session}: its entry leads through {open.Route} by a port of this PowerShell, and works while this PowerShell has "
                + "that open.");
        }
    }

    private void Write()
    {
        var file = Journal.SshConfig;
        var existing = file.Read();
        var difference = SshConfigEntry.Difference(existing ?? [], Merge(existing ?? []));
        var isWritten = (difference.Count == 0 && existing is not null) || Change(
            file.FilePath, difference, () => Await((_, cancellationToken) => file.ChangeAsync(Merge, cancellationToken)));
        if (AddInclude)
        {
            var path = SshConfigPaths.Resolve(this, ConfigPath);
            SshConfigInclude include = new(path, file.FilePath);
            isWritten &= include.IsPresent || Change(path, [$"+ {include.Line}"], include.Add);
        }

        if (isWritten)
        {
            WriteFile(file.FilePath);
        }
    }

    /// <summary>Changes a file, unless that is declined, as by -WhatIf.</summary>
    /// <returns>Whether it was changed.</returns>
    private bool Change(string path, IReadOnlyList<string> difference, Action change)
    {
        var isWanted = SshConfigPaths.ShouldChange(this, path, difference);
        if (isWanted)
        {
            change();
        }

        return isWanted;
    }

    /// <summary>The entries of the file, without those of ended sessions, and with those of this command.</summary>
    private IReadOnlyList<SshConfigEntry> Merge(IReadOnlyList<SshConfigEntry> existing) =>
    [
        .. existing.Where(entry => Journal.Find(entry.SessionId) is not null
            && !_entries.Exists(own => own.SessionId == entry.SessionId)),
        .. _entries,
    ];
}
