using System.Diagnostics;

namespace EcsFargateLogin.EndToEnd.Engine;

/// <summary>A file system of a process's own, which is gone with it. Only root can mount one.</summary>
internal static class SmallDisk
{
    /// <summary>Returns the start information of a process that sees an empty tmpfs in a folder.</summary>
    /// <param name="inner">How the process is started.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The options of mount, such as size=64k.</param>
    public static ProcessStartInfo Mount(ProcessStartInfo inner, string folder, string options)
    {
        ProcessStartInfo start = new(
            "unshare",
            [
                "--mount", "sh", "-c", "mount -t tmpfs -o \"$1\" tmpfs \"$2\" && shift 2 && exec \"$@\"", "sh", options, folder,
                inner.FileName, .. inner.ArgumentList,
            ]);
        foreach (var (name, value) in inner.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
