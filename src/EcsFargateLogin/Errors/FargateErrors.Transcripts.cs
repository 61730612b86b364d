namespace EcsFargateLogin;

// Errors about transcripts.
internal static partial class FargateErrors
{
    internal static FargateException TranscriptUnavailable(string path, Exception cause) => new(
        FargateError.TranscriptUnavailable,
        $"The transcript cannot be written to '{path}': {WordsOf(cause)}.",
        "Name a file that is not there yet in a folder that you may write to, or a folder, with -TranscriptPath.",
        cause)
    { Target = path };
}
