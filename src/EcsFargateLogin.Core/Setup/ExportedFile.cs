using System.Text;

namespace EcsFargateLogin.Setup;

/// <summary>A file that is written for users to build an image from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What it holds.</param>
/// <param name="IsProgram">Whether it is to be run.</param>
internal sealed record ExportedFile(string Name, string Text, bool IsProgram = false)
{
    private const UnixFileMode ProgramMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Writes it, with the line ends of Linux wherever it is written.</summary>
    /// <param name="folder">An absolute path; made where it is not there.</param>
    /// <param name="replaces">Whether a file that is there is replaced.</param>
    /// <exception cref="FargateException"><see cref="FargateError.FileNotWritten"/> or <see cref="FargateError.FileExists"/>.</exception>
    public FileInfo Write(string folder, bool replaces)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            Directory.CreateDirectory(folder);
            using (FileStream stream = new(path, replaces ? FileMode.Create : FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n")));
            }

            if (IsProgram && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, ProgramMode);
            }
        }
        catch (IOException) when (!replaces && File.Exists(path))
        {
            throw SetupErrors.FileExists(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SetupErrors.FileNotWritten(path, e);
        }

        return new FileInfo(path);
    }
}
