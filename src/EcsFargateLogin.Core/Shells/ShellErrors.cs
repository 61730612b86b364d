using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Shells;

/// <summary>Errors about shells and their transcripts.</summary>
internal static class ShellErrors
{
    internal static FargateException RemoteProgramFailed(FargateSession session, int exitCode) => new(
        FargateError.RemoteProgramFailed,
        $"The shell of session {session.SessionId} ended with exit code {exitCode}.",
        "This is the remote program's own exit code; it is an error because $PSNativeCommandUseErrorActionPreference is set.")
    { Target = session.SessionId };

    internal static FargateException TranscriptUnavailable(string path, Exception cause) => new(
        FargateError.TranscriptUnavailable,
        $"The transcript cannot be written to '{path}': {ErrorText.WordsOf(cause)}.",
        "Name a file that is not there yet in a folder that you may write to, or a folder, with -TranscriptPath.",
        cause)
    { Target = path };
}
