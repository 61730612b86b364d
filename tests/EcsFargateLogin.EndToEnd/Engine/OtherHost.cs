using System.Diagnostics;

namespace EcsFargateLogin.EndToEnd.Engine;

/// <summary>
/// A process as on another host that shares a folder with this one, as home folders on NFS are: with process ids, a name and
/// a path to the folder of its own.
/// </summary>
internal static class OtherHost
{
    /// <summary>
    /// The command that starts a process there. It ends with unshare; its process id is the one that is seen here.
    /// </summary>
    /// <param name="inner">How the process is started.</param>
    /// <param name="folder">The shared folder.</param>
    /// <param name="mountPoint">Where it is seen there; an empty folder.</param>
    public static ProcessStartInfo Run(ProcessStartInfo inner, string folder, string mountPoint)
    {
        ProcessStartInfo start = new(
            "unshare",
            [
                "--pid", "--uts", "--mount", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
                "hostname elsewhere && mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"", "sh", folder, mountPoint,
                inner.FileName, .. inner.ArgumentList,
            ]);
        foreach (var (name, value) in inner.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
