namespace EcsFargateLogin.Ssh;

/// <summary>Shows a command line to people so that it can be pasted into a POSIX shell. Never used to run anything.</summary>
internal static class CommandText
{
    private const string PlainCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,@%+";

    public static string Of(string program, IEnumerable<string> arguments) =>
        string.Join(' ', new[] { program }.Concat(arguments).Select(Quote));

    private static string Quote(string word) => word.Length > 0 && word.All(PlainCharacters.Contains)
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
