using System.Management.Automation;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Removes what Export-FargateSshConfig has written: the entries of sessions, or the whole file and the line that includes it.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "FargateSshConfig", SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Remove-FargateSshConfig.md")]
[OutputType(typeof(void))]
public sealed class RemoveFargateSshConfigCommand : FargateCmdlet
{
    /// <summary>
    /// The sessions' short ids. Wildcards are permitted. Without it the file is deleted, and the line that includes it is removed
    /// from your own configuration of ssh.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "The sessions' short ids.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string[]? SessionId { get; set; }

    /// <summary>
    /// Your own configuration of ssh. Without it .ssh/config in the home folder that ssh itself uses: the one of the system's list of
    /// users, and not of HOME.
    /// </summary>
    [Parameter(HelpMessage = "Your own configuration of ssh.")]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <summary>Removes the entries, or all.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        var file = SessionJournal.OfCurrentUser().SshConfig;
        if (SessionId is not null)
        {
            RemoveEntries(file, SessionId);
        }
        else
        {
            RemoveInclude(file);
            RemoveFile(file);
        }
    });

    private void RemoveEntries(SshConfigFile file, string[] ids)
    {
        IReadOnlyList<SshConfigEntry> Without(IReadOnlyList<SshConfigEntry> entries) =>
            [.. entries.Where(entry => !Wildcards.IsMatch(ids, entry.SessionId))];
        if (file.Read() is { } existing
            && SshConfigEntry.Difference(existing, Without(existing)) is { Count: > 0 } difference
            && SshConfigPaths.ShouldChange(this, file.FilePath, difference))
        {
            Await((_, cancellationToken) => file.ChangeAsync(Without, cancellationToken));
        }
    }

    private void RemoveInclude(SshConfigFile file)
    {
        var path = SshConfigPaths.Resolve(this, ConfigPath);
        SshConfigInclude include = new(path, file.FilePath);
        if (include.IsPresent && SshConfigPaths.ShouldChange(this, path, [$"- {include.Line}"]))
        {
            include.Remove();
        }
    }

    private void RemoveFile(SshConfigFile file)
    {
        if (file.Read() is not null && ShouldProcess(file.FilePath, "Delete file"))
        {
            Await((_, cancellationToken) => file.DeleteAsync(cancellationToken));
        }
    }
}
