namespace EcsFargateLogin;

/// <summary>A file or folder that Copy-FargateItem has copied.</summary>
public sealed class FargateCopiedItem
{
    internal FargateCopiedItem()
    {
    }

    /// <summary>The short id of the session whose task it was copied to or from.</summary>
    public string SessionId { get; internal init; } = "";

    /// <summary>Where it was copied from.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>Where it is now.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder { get; internal init; }

    /// <summary>Its length in bytes; 0 for folders.</summary>
    public long Length { get; internal init; }

    /// <summary>At which byte an earlier transfer was gone on with; 0 where it began anew.</summary>
    public long ResumedAt { get; internal init; }

    /// <summary>The program that copied it: sftp or tar.</summary>
    public string Method { get; internal init; } = "";

    /// <summary>Its destination.</summary>
    public override string ToString() => Destination;
}
