using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using EcsFargateLogin.EndToEnd.Open;

namespace EcsFargateLogin.EndToEnd.Transfers;

/// <summary>The base of tests of both ways to copy: a folder here, and sessions with an SFTP server and without.</summary>
public abstract class CopyTest : IDisposable
{
    private protected PlainSshdImage Image { get; } = new();

    private protected TemporaryFolder Folder { get; } = new();

    public void Dispose()
    {
        Image.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<Operator> StartAsync()
    {
        var me = await Operator.StartAsync(Image.Options);
        me.Fargate.RegisterTaskDefinition(PlainSshdImage.TaskDefinition("plain", PlainSshdImage.Command));
        return me;
    }

    private protected static string NewSession(string method) => method == "tar" ? "New-FargateSession plain" : "New-FargateSession";

    private protected static string ScriptOf(string method) => method == "tar" ? PlainSshdImage.Command : "/usr/local/bin/start-sshd.sh";
}
