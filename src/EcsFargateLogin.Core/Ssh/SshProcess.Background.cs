using System.Diagnostics;
using System.Text;

namespace EcsFargateLogin.Ssh;

// Programs that run beside the prompt.
internal static partial class SshProcess
{
    /// <summary>Takes the program and its arguments as they are. An ignored signal stays ignored across exec.</summary>
    private const string IgnoringKeys = "trap '' INT QUIT; exec \"$0\" \"$@\"";

    /// <summary>
    /// How a program is started with pipes for its input and output, so that keys like Ctrl+C, which the terminal sends
    /// to all programs in its foreground, do not end it: they are meant for what the user runs just then.
    /// </summary>
    public static ProcessStartInfo InBackground(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = OperatingSystem.IsWindows()
            ? new(program, arguments)
            : new("/bin/sh", ["-c", IgnoringKeys, program, .. arguments]);
        start.UseShellExecute = false;
        // On Windows a console of its own, for the same reason.
        start.CreateNoWindow = true;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = start.StandardErrorEncoding = new UTF8Encoding(false);
        return start;
    }
}
