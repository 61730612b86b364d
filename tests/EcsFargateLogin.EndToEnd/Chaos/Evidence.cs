using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>All that a schedule has shown and left, once everything that was listed has been stopped.</summary>
internal sealed record Evidence
{
    /// <summary>The tasks as they were before what was listed was stopped.</summary>
    public required IReadOnlyList<TaskView> TasksBefore { get; init; }

    /// <summary>The tasks in the end.</summary>
    public required IReadOnlyList<TaskView> Tasks { get; init; }

    /// <summary>The ids that Get-FargateSession has listed in a new PowerShell.</summary>
    public required IReadOnlySet<string> Listed { get; init; }

    /// <summary>What could not be listed or stopped then, and what was listed still.</summary>
    public required IReadOnlyList<string> NotStopped { get; init; }

    /// <summary>The errors that users have seen.</summary>
    public required IReadOnlyList<SeenError> Errors { get; init; }

    /// <summary>The output and the standard error of their PowerShells.</summary>
    public required IReadOnlyList<string> Streams { get; init; }

    /// <summary>What is to be nowhere: keys of AWS, private keys, proof keys and tokens.</summary>
    public required IReadOnlySet<string> Secrets { get; init; }

    /// <summary>The command lines of all processes, as often as they could be read, and the texts of the journal.</summary>
    public required IReadOnlySet<string> SeenTexts { get; init; }

    /// <summary>The files that are left in the users' folders.</summary>
    public required IReadOnlyList<LeftFile> Files { get; init; }

    /// <summary>The rules of the security group that sessions have added.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>The processes that belong to the users' folders, the ports that are listened on and the files that are held open.</summary>
    public required IReadOnlyList<string> Holders { get; init; }

    /// <summary>The uses of sessions, as they have ended.</summary>
    public required IReadOnlyList<UseEnd> Uses { get; init; }

    /// <summary>The files that were copied to this machine, and what they are to hold.</summary>
    public required IReadOnlyList<CopiedFile> Copies { get; init; }
}

/// <summary>A file that is left.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Text">Its text.</param>
/// <param name="IsMeant">Whether it is to be there, as the history of starts.</param>
internal sealed record LeftFile(string Path, string Text, bool IsMeant);

/// <summary>A file that was copied.</summary>
/// <param name="Path">Its path under its final name.</param>
/// <param name="Expected">Its content when it is whole.</param>
internal sealed record CopiedFile(string Path, byte[] Expected);

/// <summary>The end of a use of a session.</summary>
/// <param name="Use">The use.</param>
/// <param name="Output">Its output; null where it has not come to its end.</param>
/// <param name="HasFailed">Whether it has said an error.</param>
internal sealed record UseEnd(Use Use, string? Output, bool HasFailed)
{
    /// <summary>What it has written to standard error.</summary>
    public string Errors { get; init; } = "";

    /// <summary>Whether its PowerShell has ended as well: one that a signal ends shows no error.</summary>
    public bool HasShellEnded { get; init; }

    /// <summary>Whether its output says that nothing was run to its end.</summary>
    public bool HasRunNothing =>
        Output is not null && (Output.EndsWith("code 255\n", StringComparison.Ordinal) || Output.EndsWith("no tunnel\n", StringComparison.Ordinal));
}
