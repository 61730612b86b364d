namespace EcsFargateLogin.Tests.Support;

/// <summary>A test of sessions: a folder for their journal, a scripted AWS, and the events that are reported.</summary>
public abstract class SessionTest : IDisposable
{
    private protected TemporaryFolder Folder { get; } = new();

    private protected ScriptedCloud Cloud { get; } = new();

    private protected EventLog Events { get; } = new();

    /// <summary>Deletes the folder.</summary>
    public void Dispose()
    {
        Cloud.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
